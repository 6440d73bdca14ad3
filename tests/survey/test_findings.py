from exkit.survey.findings import as_frame, in_rows, tell


def test_a_finding_says_where_what_which_rows_and_what_to_do():
    """File, variable, problem, rows and advice make two plain sentences."""
    found = tell("employees.csv", "no_key", "no wave", advice="Fill it in.", variable="year", rows=[4])
    assert found.message == "employees.csv: year: no wave (row 4). Fill it in."


def test_at_most_ten_rows_are_listed():
    """The rest are counted."""
    assert in_rows(range(2, 14)).endswith("11 and 2 more")


def test_the_frame_holds_every_row_that_the_message_leaves_out():
    """Whoever wants to mend the rows finds all of them."""
    frame = as_frame([tell("employees.csv", "doubled", "twice", rows=range(2, 102))])
    assert frame.loc[0, "n"] == len(frame.loc[0, "rows"]) == 100
