"""The journeys' own eyes: they read a table when it has come, not what stood there before."""

from __future__ import annotations

from playwright.sync_api import Page

from tests.browser.desks import figures

LATE = """
<main></main>
<script>
  setTimeout(() => {
    document.querySelector("main").innerHTML = `<section role="region" aria-label="排名"><table>
      <thead><tr><th>名次</th><th>机构</th></tr></thead><tbody><tr><td>1</td><td>甲</td></tr></tbody>
    </table></section>`;
  }, 300);
</script>
"""


def test_a_table_that_comes_late_is_read_whole(page: Page) -> None:
    page.set_content(LATE)
    assert figures(page, "机构", "名次", table="排名") == [("甲", "1")]
