"""Two people of one body who act in the same moment, each in a browser of his own, on real connections."""

from __future__ import annotations

import contextvars
from collections.abc import Collection
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

from flask import Flask
from werkzeug.test import TestResponse

from tests.client import Client
from tests.factories.accounts import PASSWORD


class Race:
    """Two browsers of two people of one body."""

    def __init__(self, app: Flask, usernames: list[str]) -> None:
        self.clients: list[Client] = []
        for username in usernames:
            client: Client = app.test_client()  # type: ignore[assignment]
            form = {"username": username, "password": PASSWORD}
            assert client.post("/sign-in", data=form).status_code == 302
            self.clients.append(client)

    def page(self, number: int, path: str) -> dict[str, Any]:
        """What the form of the page holds in this browser."""
        client = self.clients[number]
        page = client.page(client.get(path))
        form = next(
            form
            for form in page.forms
            if form.action in {"", path, f"{path}/decide"} and form.method == "post"
        )
        return {name: values for name, values in form.values.items() if name != "csrf_token"}

    def run(
        self, *sent: tuple[str, dict[str, Any]], refused: Collection[int] = (409,)
    ) -> tuple[TestResponse, TestResponse, int]:
        """The answer of the winner, of the loser, and which of the two won. Both had opened their pages before."""
        answers = self.both(*sent)
        statuses = [answer.status_code for answer in answers]
        assert statuses.count(302) == 1, statuses
        winner = statuses.index(302)
        assert statuses[1 - winner] in refused, statuses
        return answers[winner], answers[1 - winner], winner

    def both(self, *sent: tuple[str, dict[str, Any]]) -> list[TestResponse]:
        """What each of the two is answered, in the order of the list."""
        start = Barrier(2)
        for client in self.clients:
            client.csrf_token()

        def send(client: Client, path: str, data: dict[str, Any]) -> TestResponse:
            start.wait(timeout=20)
            return client.post(path, data=data)

        with ThreadPoolExecutor(2) as pool:
            calls = [
                pool.submit(contextvars.Context().run, send, client, path, data)
                for client, (path, data) in zip(self.clients, sent, strict=True)
            ]
            return [call.result() for call in calls]


def kept(answer: TestResponse, *words: str) -> None:
    """The loser's page says what happened and shows what he typed."""
    text = Client.page(answer).text
    assert "您填写" in text
    assert [word for word in words if word not in text] == []
