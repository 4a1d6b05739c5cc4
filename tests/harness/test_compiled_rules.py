"""An application whose rules were compiled for another builds the same addresses."""

from __future__ import annotations

from flask import Flask
from werkzeug.routing import Rule

from tests.compiled_rules import SharedRule


def addresses(rule_class: type[Rule], prefix: str) -> dict[str, str]:
    app = Flask("rules", static_folder=None)
    app.url_rule_class = rule_class
    app.add_url_rule(f"{prefix}/<int:number>/<name>", "two")
    app.add_url_rule(f"{prefix}/all", "filled", defaults={"number": 1, "name": "a"})
    app.add_url_rule(f"{prefix}/of/<int:number>", "one", methods=["POST"])
    ways = app.url_map.bind("localhost", script_name="/mounted")
    return {
        "two": ways.build("two", {"number": 7, "name": "a b", "more": ["x", "y"]}),
        "one": ways.build("one", {"number": 7}, method="POST"),
        "filled": ways.build("filled", {"number": 1, "name": "a", "q": "中"}),
    }


def test_a_shared_rule_builds_what_a_rule_of_its_own_builds() -> None:
    for prefix in ("/first", "/second"):
        expected = addresses(Rule, prefix)
        assert expected["two"] == f"/mounted{prefix}/7/a%20b?more=x&more=y"
        assert [addresses(SharedRule, prefix) for _ in range(2)] == [expected, expected]
