"""Cards of claims in JupyterLab: read in both themes, unfolded by keyboard, and filled in by a later prediction."""

from __future__ import annotations

import pytest

from gvclab.claims import claim
from gvclab.content import text
from gvclab.exercises import bank

from .test_exercise_widgets import CONTRAST

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("theme", ["Light", "Dark"])
def test_a_verdict_takes_in_the_prediction_and_every_word_can_be_read(open_notebook, theme):
    book = open_notebook(
        [
            "from gvclab.claims import other_claims, verdict\nfrom gvclab.exercises import predict\n\n"
            "predict('2.3-p2')",
            "verdict('C2.3-5', 'C2.3-1', prediction='2.3-p2')",
            "verdict('C2.3-8')",
            "other_claims('C2.3-2', 'C2.3-9', 'C2.3-14', 'C2.3-4')",
        ]
    )
    page = book.page
    page.evaluate(
        "(theme) => window.jupyterapp.commands.execute('apputils:change-theme', { theme })",
        f"JupyterLab {theme}",
    )
    book.run_all()
    cards = page.locator(".gvclab-claims")
    cards.nth(2).wait_for()
    assert cards.count() == 3
    page.get_by_role("radio").nth(2).check()
    page.get_by_role("button", name="prediction").click()
    cards.nth(0).get_by_text(text("claims.prediction.mine"), exact=True).wait_for()
    assert bank.item("2.3-p2").options[2].text in cards.nth(0).inner_text()

    evidence = cards.nth(1).locator("summary")
    assert not cards.nth(1).get_by_role("heading").first.is_visible()
    evidence.focus()
    page.keyboard.press("Enter")
    cards.nth(1).get_by_role("heading").first.wait_for()
    for link in cards.nth(1).get_by_role("link").all():
        assert link.get_attribute("target") == "_blank"  # the notebook stays
    cards.nth(2).get_by_text(claim("C2.3-2").claim).click()
    cards.nth(2).get_by_text(claim("C2.3-2").line).wait_for()
    assert page.evaluate(CONTRAST.replace(".gvclab-exercise *", ".gvclab-claims *")) == []
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
