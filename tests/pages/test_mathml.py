from xml.etree import ElementTree

import pytest

from crossent.pages.mathml import TexError, to_mathml

GOOD = [
    r"L = -\log p",
    r"H(q, p) = -\sum_k q_k \log p_k",
    r"\frac{\partial L}{\partial z_k} = p_k - y_k",
    r"\operatorname{softmax}(z)_k = \frac{e^{z_k}}{\sum_j e^{z_j}}",
    r"\begin{aligned} a &= b \\ c &= d \end{aligned}",
    r"\begin{cases} 1 & k = t \\ 0 & k \ne t \end{cases}",
    r"\lVert p - y \rVert \le \sqrt{2}",
    r"\text{a < b & c}",
    r"\class{loss}{L}",
    r"\left( \tfrac12 \right)",
]


@pytest.mark.parametrize("tex", GOOD)
def test_a_formula_becomes_one_well_formed_math_element(tex: str) -> None:
    assert ElementTree.fromstring(to_mathml(tex)).tag.endswith("math")


WRONG = {
    r"\foo": r"no command \foo",
    r"\log \sofmax": r"no command \sofmax",
    r"\frac{1": "a { has no }",
    r"x}": "a } has no {",
    r"\frac{a}": "too few arguments",
    r"a_": "nothing follows _",
    r"a_b_c": "two subscripts",
    r"\left( x": "do not match",
    r"\begin{matrix} a": "no \\end",
    r"\begin{foo}x\end{foo}": "no environment 'foo'",
    r"a & b": "a & stands",
    r"\href{javascript:alert(1)}{x}": r"\href is not allowed",
    r"\color{red} x": r"\color is not allowed",
    r'\class{x" onclick="y}{x}': "takes one of",
    " ": "empty",
}


@pytest.mark.parametrize("tex", WRONG)
def test_what_latex_would_refuse_is_refused(tex: str) -> None:
    with pytest.raises(TexError) as caught:
        to_mathml(tex)
    assert WRONG[tex] in str(caught.value)


def test_markup_in_a_formula_is_text() -> None:
    math = to_mathml(r"\text{<img src=x onerror=y>}")
    assert "<img" not in math
    assert "&lt;img" in math


def test_a_functions_name_keeps_its_distance() -> None:
    assert "log</mi><mo>&#x2061;</mo><mspace" in to_mathml(r"\log p")
    assert "log</mi><mo>&#x2061;</mo><mo" in to_mathml(r"\log(p)")
