"""Questions and names in two spellings that a check points out."""

GROUPS = "table,variable,role,type\nemployees,team,unit,\nemployees,part,group,text\n"


def test_groups_in_two_spellings_are_pointed_out(suspected):
    """A blank and a capital; another word is another group."""
    found = suspected(codebook=GROUPS, employees={"team": "N", "part": ["Care", "care ", "Cure"]})
    assert found[["problem", "variable", "rows"]].to_numpy().tolist() == [["alike_names", "part", (2, 3)]]


def test_columns_in_two_spellings_are_pointed_out(suspected):
    """Whether or not the codebook names them."""
    employees = "team,part,Part \nN,a,b\nN,a,b\n"
    (found,) = suspected(codebook=GROUPS, employees=employees).to_dict("records")
    assert (found["problem"], found["file"], found["value"]) == ("alike_columns", "employees.csv", "part, Part ")


def test_columns_in_two_spellings_in_two_files_are_pointed_out(suspected):
    """What one export calls Part, the other calls part."""
    files = {"employees-1.csv": "team,part\nN,a\n", "employees-2.csv": "team,part,PART\nN,a,b\n"}
    (found,) = suspected(codebook=GROUPS, files=files).to_dict("records")
    assert (found["problem"], found["file"]) == ("alike_columns", "employees-1.csv, employees-2.csv")


def test_a_team_in_two_spellings_in_two_tables_is_pointed_out(suspected):
    """Each table is of one piece, and they do not meet."""
    codebook = "table,variable,role\nemployees,team,unit\ncustomers,team,unit\n"
    found = suspected(codebook=codebook, employees={"team": ["North"]}, customers={"team": ["NORTH", "South"]})
    assert found[["problem", "file", "rows"]].to_numpy().tolist() == [["alike_between", "customers.csv", (2,)]]


def test_one_question_under_two_names_is_pointed_out(suspected):
    """Differing in nothing that a reader sees."""
    codebook = "table,variable,question_en\nemployees,q1,How are you?\nemployees,q2,how are  you? \n"
    found = suspected(codebook=codebook, employees={"q1": [1, 2], "q2": [3, 4]})
    assert found[["problem", "value", "rows"]].to_numpy().tolist() == [["alike_questions", "q1, q2", (2, 3)]]


def test_one_question_in_two_waves_is_one_variable(suspected):
    """Its rows differ in something else."""
    codebook = "table,variable,role,wave,high,question_en\nemployees,year,wave,,,\n"
    rows = "employees,q,item,2024,5,How are you?\nemployees,q,item,2025,10,How are you?\n"
    assert suspected(codebook=codebook + rows, employees={"year": [2024, 2025], "q": [3, 4]}).empty
