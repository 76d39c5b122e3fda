"""Every check fires where it must and is silent where it must be."""

import ast
import re
from dataclasses import replace
from fractions import Fraction

import pytest

from conftest import ROOT
from lib.chapter.chapter import metric
from lib.check import figures, relations
from lib.check import findings as checks
from lib.check.expressions import Lexicon, evaluate
from lib.edition.edition import Edition
from lib.edition.rows import Figure, Finding, by_name
from lib.edition.store import InputError
from lib.numbers import notation
from lib.numbers.bounds import exactly
from lib.numbers.quantity import Quantity

EDITION = Edition("zhengxiang", 2020, ROOT)
RULES = {rule.name: replace(rule, relation=rule.relation.replace(".each", ".outturn")) for rule in EDITION.checks}
INDICATORS = EDITION.indicators

# check: (figures in which it fires, figures in which it does not), in the order in which its relation names them
CASES = {
    "summer_goods_total": (["12.5余元", "2.5万余元", "10万余元"], ["12.5万余元", "2.5万余元", "10万余元"]),
    "migrants_within_new": (["2500人", "2480人"], ["35人", "2480人"]),
    "migrants_recruited_within_new": (["2800余人", "2480人"], ["2400余人", "2480人"]),
    "beneficiaries_within_members": (["4026人", "4025人"], ["4025人", "4025人"]),
    "payout_within_premium": (["31万余元", "30.04万元"], ["30万余元", "30.04万元"]),
    "spring_intentions_within_applicants": (["600余人", "500余人"], ["500余人", "500余人"]),
    "consultations_within_villagers": (["400人", "300余人"], ["5人", "300余人"]),
    "outstanding_within_pairs": (["3人", "2人"], ["1人", "2人"]),
    "audited_within_platform": (["77个", "76个"], ["11个", "76个"]),
    "festivals_local_within_paid": (["八个", "七个"], ["一个", "七个"]),
    "new_members_within_recorded": (["10901人", "10900人"], ["2480人", "10900人"]),
    "voucher_value_per_member": (["400万元", "10900人", "不超过300元/人"], ["101万元", "10900人", "不超过300元/人"]),
    "voucher_scopes": (["51万元", "101万元"], None),  # silent where the scopes agree: below
    "platform_scopes": (["11个", "76个"], None),
    "budget_by_kind": (["100万元", "60万元", "43万元", "1万元"], ["100万元", "60万元", "39万元", "1万元"]),
    "budget_by_income": (
        ["100万元", "60万元", "5万元", "1万元", *["6万元"] * 4, "5万元"],
        ["100万元", "60万元", "5万元", "6万元", *["6万元"] * 4, "5万元"],
    ),
    "three_public_within_total": (["12万元", "10万元"], ["10万元", "10万元"]),
    "procurement_within_total": (["12万元", "10万元"], ["10万元", "10万元"]),
    "public_within_basic": (["62万元", "60万元"], ["60万元", "60万元"]),
    "projects_by_kind": (["40万元", "10万元", "20万元", "7万元"], ["40万元", "10万元", "20万元", "10万元"]),
    "three_public_parts": (["12万元", "7万元", "0万元", "2万元"], ["9万元", "7万元", "0万元", "2万元"]),
    "vehicles_parts": (["7万元", "0万元", "4万元"], ["7万元", "0万元", "7万元"]),
    "outturn_within_budget": (["102万元", "100万元"], ["100万元", "100万元"]),
    "establishment_by_kind": (["52人", "30人", "10人", "10人"], ["52人", "30人", "10人", "12人"]),
    "staff_by_kind": (["50人", "30人", "10人", "11人"], ["50人", "30人", "10人", "10人"]),
    "staff_vacant": (["3人", "52人", "50人"], ["2人", "52人", "50人"]),
    "staff_within_establishment": (["53人", "52人"], ["52人", "52人"]),
    "staff_rate_printed": (["98%", "50人", "52人"], ["96%", "50人", "52人"]),  # 96.15 %
    "area_rate_printed": (["90%", "1000㎡", "1000㎡"], ["100%", "1000㎡", "1000㎡"]),
    "investment_rate_printed": (["97%", "190万元", "200万元"], ["95%", "190万元", "200万元"]),
}


def typed(tokens: dict[str, str | None], scope: str = "") -> list[Figure]:
    """Figures made from tokens, one per indicator; None is missing."""
    made = []
    for name, token in tokens.items():
        about = {"printed": token or "", "scope": (scope or name,), "locator": "1", "shown": token or ""}
        unit = INDICATORS[name].unit if name in INDICATORS else "元"
        figure = Figure(name, "s", name, bounds=None, value=None, unit=unit, status="missing", **about)
        if token:
            read = notation.read(token)
            more = {"bounds": read.bounds, "value": read.value, "rounding": read.rounding, "status": "reported"}
            figure = replace(figure, **more)
        made.append(figure)
    return made


def named(check: str) -> list[str]:
    """The indicators of a relation, in its order; of the base table, the outturn."""
    words = RULES[check].relation.translate(str.maketrans("()?", "   ")).split()
    return [word for word in words if "." in word]


def fires(check: str, tokens: list[str | None], scope: str = "") -> list[Finding]:
    table = typed(dict(zip(named(check), tokens, strict=True)), scope)
    return judged(check, table, table)


def judged(check: str, printed: list[Figure], corrected: list[Figure]) -> list[Finding]:
    """What one relation says of figures."""
    lexicon = Lexicon({figure.name: figure.label for figure in printed})
    rule = relations.Rule.read(RULES[check], RULES[check].relation.replace("?", ""), lexicon)
    return list(relations.judged([rule], printed, corrected))


def test_every_declared_relation_has_a_case():
    assert {check for check, rule in RULES.items() if rule.relation} == set(CASES)


@pytest.mark.parametrize("check", CASES)
def test_relation_fires(check):
    (found,) = fires(check, CASES[check][0])
    assert (found.check, found.severity, found.status) == (check, RULES[check].severity, "open")
    assert found.indicators and found.locators and RULES[check].message in found.message


@pytest.mark.parametrize("check", [check for check, (_, silent) in CASES.items() if silent])
def test_relation_is_silent(check):
    assert fires(check, CASES[check][1]) == []


@pytest.mark.parametrize("check", [check for check, (_, silent) in CASES.items() if not silent])
def test_scope_check_is_silent_where_both_cover_the_same(check):
    assert fires(check, CASES[check][0], scope="same") == []


@pytest.mark.parametrize("check", CASES)
def test_relation_over_missing_figures_is_not_judged(check):
    assert fires(check, [None, *CASES[check][0][1:]]) == []


def test_slip_of_ten_thousand_is_named():
    assert "漏“万”" in fires("summer_goods_total", CASES["summer_goods_total"][0])[0].message


def test_rounding_at_the_printed_place_is_allowed_for():
    assert fires("summer_goods_total", ["12.5万元", "2.5万元", "10.0万元"]) == []
    (coarse,) = fires("summer_goods_total", ["12.5万元", "2.46万元", "10万元"])  # 12.46: rounded, or a slip
    assert coarse.severity == "warning" and "多" not in coarse.message and "少" not in coarse.message.split("：")[0]
    assert fires("summer_goods_total", ["12.50万元", "2.40万元", "10.00万元"])[0].severity == "error"


def test_amounts_of_a_column_are_as_fine_as_they_are_told_but_for_zeros_of_hundredths():
    assert fires("projects_by_kind", ["707.3186万元", "93.2万元", "600.12万元", "14万元"]) == []
    assert fires("projects_by_kind", ["707.3186万元", "93.2万元", "600.12万元", "14.02万元"])[0].severity == "error"
    assert fires("projects_by_kind", ["707.34万元", "93.2万元", "600.12万元", "14万元"])[0].severity == "error"


def test_correction_settles_an_error_and_keeps_it_listed():
    names = named("summer_goods_total")
    before, after = (typed(dict(zip(names, CASES["summer_goods_total"][i], strict=True))) for i in (0, 1))
    (found,) = judged("summer_goods_total", before, after)
    assert found.status == "settled"
    checks.stop(checks.ordered([found]))


def test_open_error_stops_the_edition_with_what_to_do():
    table = checks.ordered(fires("summer_goods_total", CASES["summer_goods_total"][0]))
    with pytest.raises(checks.OpenErrors, match=r"送清凉物资合计[\s\S]*corrections.csv"):
        checks.stop(table)


def test_warnings_and_notes_do_not_stop():
    checks.stop(checks.ordered(fires("migrants_recruited_within_new", ["2800余人", "2480人"])))


@pytest.mark.parametrize(("second", "count"), [("30.1万元", 1), ("30万余元", 0), ("30.04万元", 0)])
def test_same_measure_twice(second, count):
    table = typed({"mutual_aid.premium": "30.04万元"}) + typed({"mutual_aid.premium": second})
    assert len([*checks.same_measure(checks.Asked(EDITION, table, table))]) == count


def test_what_does_not_apply_contradicts_nothing():
    first, second = (one for _ in range(2) for one in typed({"mutual_aid.premium": "30.04万元"}))
    table = [first, replace(second, printed="——", bounds=None, value=None, status="silent")]
    assert not [*checks.same_measure(checks.Asked(EDITION, table, table))]


@pytest.mark.parametrize(
    ("year", "title", "count"),
    [(2020, "2020年度报告", 0), (2019, "2020年度报告", 1), (2020, "2019年度报告", 1), (202, "2020年度报告", 1)],
)
def test_year_against_edition(monkeypatch, year, title, count):
    monkeypatch.setitem(vars(EDITION), "source", {"year": year, "title": title})
    assert len([*checks.year_of_edition(checks.Asked(EDITION, [], []))]) == count


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("于9月18日召开大会，依据〔2020〕8号文件", 0),
        ("参保4025人，另有{{ mutual_aid.premium }}", 0),
        ("参保4026人", 1),
        ("开展三场招聘", 0),
        ("开展五场招聘", 1),
        ("走访二三十家", 1),
    ],
)
def test_numbers_in_notes_must_agree_with_a_figure(monkeypatch, text, count):
    notes = [{"section": "services", "kind": "measure", "locator": "1", "text": text, "line": 2}]
    known = typed({"mutual_aid.members": "4025人", "spring_fair.sessions": "3场"})
    monkeypatch.setattr(Edition, "table", lambda self, name: notes)
    assert len([*checks.numbers_of_notes(checks.Asked(EDITION, known, known))]) == count


def test_double_hedge_is_noted(project):
    path = project / "data/raw/zhengxiang/2020/figures.csv"
    path.write_text(path.read_text("utf-8").replace("300余人", "近300余人"), "utf-8")
    *_, odd = figures.clean(Edition.find("zhengxiang", 2020, project))
    assert [one.indicators for one in odd if one.check == "hedge_of_figure"] == [("rights.villagers",)]
    *_, odd = figures.clean(EDITION)
    assert not [one for one in odd if one.check == "hedge_of_figure"]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("sum,error,summer.total_goods", "sum,error,summer.totals"),
        ("cap,warning", "cop,warning"),
        ("<= members.new,", "<= ,"),
    ],
)
def test_bad_rule_is_told_with_its_line(project, old, new):
    path = project / "data/checks.csv"
    path.write_text(path.read_text("utf-8").replace(old, new, 1), "utf-8")
    edition = Edition.find("zhengxiang", 2020, project)
    with pytest.raises(InputError, match=r"checks.csv 第\d+行"):
        figures.clean(edition)


def test_findings_of_2020():
    printed, corrected, odd = figures.clean(EDITION)
    found = checks.ordered(odd + checks.run(EDITION, printed, corrected))
    assert {(one.check, one.severity, one.status) for one in found} == {
        ("summer_goods_total", "error", "settled"),
        ("migrants_recruited_within_new", "warning", "open"),
        ("unit_of_figure", "note", "open"),
        ("voucher_scopes", "note", "open"),
        ("platform_scopes", "note", "open"),
    }
    assert found[-1].status == "settled"
    assert by_name(corrected)["mutual_aid.premium"].rounding > Fraction(0)


@pytest.mark.parametrize(
    ("formula", "told"),
    [
        ("甲 <= 乙", "算式里不能有“<=”"),
        ("甲 ** 2", "算式里不能有“**”"),
        ("甲 × 100%", "算式里不能有“%”"),
        ("（甲 + 1", "括号不成对"),
        ("", "算式空白"),
        ("甲 乙", "算式缺名称、数或符号"),
        ("甲乙", "算式缺名称、数或符号"),
        ("2甲", "算式缺名称、数或符号"),
        ("）甲（ + 1", "算式缺名称、数或符号"),
    ],
)
def test_what_is_no_formula_is_told_in_the_analysts_words(formula, told):
    with pytest.raises(ValueError, match="^" + re.escape(told) + "$"):
        Lexicon({"a.x": "甲", "a.y": "乙"}).expression(formula)


def test_label_that_begins_with_a_number_is_a_label():
    formula = Lexicon({"a.x": "65岁以上老年人数", "a.y": "乙"}).expression("65岁以上老年人数 ÷ 乙")
    assert ast.unparse(formula) == "a.x / a.y"


@pytest.mark.parametrize(
    ("relation", "sign"), [("a.x ＝ a.y", "="), ("a.x ≤ a.y", "<="), ("a.x ≥ a.y", ">="), ("a.x ～ a.y", "~")]
)
def test_wide_signs_of_a_relation_are_those_of_a_keyboard(relation, sign):
    rule = relations.Rule.read(EDITION.checks[0], relation, Lexicon({"a.x": "甲", "a.y": "乙"}))
    assert (rule.sign, rule.named) == (sign, ("a.x", "a.y"))


@pytest.mark.parametrize(("relation", "told"), [("a.x", "没有 <=、>=、~、= 之一"), ("a.x = a.y = 1", "不止一个 =")])
def test_relation_has_one_sign(relation, told):
    with pytest.raises(ValueError, match=told):
        relations.Rule.read(EDITION.checks[0], relation, Lexicon({"a.x": "甲", "a.y": "乙"}))


@pytest.mark.parametrize("formula", ["甲 ÷ 乙", "丙 × 2", "丙", "丙 ÷ 乙"])
@pytest.mark.parametrize("caveat", ["口径不同", "口径不同；另注"])
def test_caveat_is_told_once(formula, caveat):
    a, b = (Quantity.figure(name, exactly(2), Fraction(2), "人", scope=frozenset([name])) for name in "甲乙")
    known = {"甲": a, "乙": b, "丙": a.over(b, "口径不同").named("丙", "丙")}
    computed = evaluate(Lexicon({name: name for name in known}).expression(formula), known, caveat)
    assert metric("丁", computed, caveat).caveat == caveat
