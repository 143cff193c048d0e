from crossent.trace.apart import Functions, turn_by_turn


def test_loops_that_do_the_same_are_one_function():
    functions = Functions()
    calls = [
        functions.call(["for (let i = 0; i < 9; i++) {", f"  b{n}[i] = b{n + 1}[i];", "}"])
        for n in (0, 7)
    ]
    assert calls == ["g0(b0, b1);", "g0(b7, b8);"]
    assert len(functions.declarations()) == 1


def test_what_is_given_is_told_apart_from_what_a_loop_makes():
    call = Functions().call(
        [
            "for (let i = 0; i < 9; i++) {",
            "  const v12 = $rate * x3[i];",
            "  b1[i] = v12 + s4;",
            "}",
        ]
    )
    assert call == "g0($rate, x3, b1, s4);"


def test_a_short_loop_is_written_out_and_what_it_names_stays_in_its_turn():
    lines = ["for (let i = 0; i < 2; i++) {", "  const v0 = b0[i];", "  b1[i] = v0;", "}"]
    assert turn_by_turn(lines) == [
        *("{", "  const v0 = b0[0];", "  b1[0] = v0;", "}"),
        *("{", "  const v0 = b0[1];", "  b1[1] = v0;", "}"),
    ]


def test_only_the_innermost_of_short_loops_is_written_out():
    lines = [
        "for (let i = 0; i < 2; i++) {",
        "  for (let j = 0; j < 2; j++) {",
        "    b0[2 * i + j] = 1;",
        "  }",
        "}",
    ]
    assert turn_by_turn(lines) == [lines[0], "  b0[2 * i + 0] = 1;", "  b0[2 * i + 1] = 1;", "}"]


def test_a_long_loop_stays():
    lines = ["for (let i = 0; i < 5; i++) {", "  b0[i] = 1;", "}"]
    assert turn_by_turn(lines) == lines


def test_an_if_on_one_line_does_not_end_a_loop():
    lines = [
        "for (let i = 0; i < 2; i++) {",
        "  const x = b0[i];",
        "  if (a < 0 || x > wa) { wa = x; a = i; }",
        "}",
    ]
    assert turn_by_turn(lines) == [
        *("{", "  const x = b0[0];", "  if (a < 0 || x > wa) { wa = x; a = 0; }", "}"),
        *("{", "  const x = b0[1];", "  if (a < 0 || x > wa) { wa = x; a = 1; }", "}"),
    ]
