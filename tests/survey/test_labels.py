import pytest

CODEBOOK = "table,variable,type\nemployees,contract,choice\n"
EMPLOYEES = {"contract": ["fixed", "fixed"]}
SOUND = "table,variable,value,label_en\nemployees,contract,fixed,Fixed\n"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            SOUND + "employees,contact,x,X\n",
            "no variable 'contact' of table 'employees' in codebook.csv (row 3).",
        ),
        (SOUND + "employees,contract,fixed,F\n", "value 'fixed' has more than one row (2 rows: 2, 3)."),
        (SOUND.replace("label_en", "label_eng"), "no such column as 'label_eng'. Did you mean 'label_en'?"),
    ],
)
def test_value_labels_that_do_not_fit_are_told(breaches, text, told):
    """Wrong names and doubled values."""
    (message,) = breaches(codebook=CODEBOOK, employees=EMPLOYEES, files={"values.csv": text})
    assert told in message


def test_a_choice_without_values_is_told(breaches):
    """There is nothing to choose from."""
    (told,) = breaches(codebook=CODEBOOK, employees=EMPLOYEES)
    assert told == "values.csv: contract: is a choice variable of employees, and has no values here. List them."
