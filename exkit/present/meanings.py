"""What each finding of a check means to whoever has to act on it: what is the matter, and what to do next.

The codes are those that `exkit.survey` gives to breaches, notes and suspicions; the details (file, column, rows) stand
beside them in the report.
"""

from __future__ import annotations

from exkit.present.words import N_

BREACHES = {
    "study_yml": N_("A setting in study.yml is unknown or cannot be read. Mend that line; 'exkit check' names it."),
    "no_file": N_("A file is not there. Add it, or take its table out of the codebook or study.yml."),
    "several_files": N_("One table is in several files of one name. Keep one, or name them in study.yml."),
    "outside": N_(
        "Lies outside what study.yml names: a file outside the dataset's folder, or a date in no wave. Mend it or "
        "the setting."
    ),
    "link": N_("A file is a link to another place. Put the file itself in the dataset."),
    "not_a_file": N_("Where a file should be is something else. Put the file there."),
    "too_large": N_("A file is larger than is read at once. Save it as Parquet, or split it by wave."),
    "too_many_columns": N_("A file has more columns than are read. Keep those that the codebook names."),
    "no_reader": N_("A package that reads this kind of file is not installed. Install it, or save the file as CSV."),
    "not_csv": N_("A file cannot be split into rows and columns. Export it again as CSV in UTF-8."),
    "not_excel": N_("A file is not an Excel workbook, or is damaged. Save it again as .xlsx."),
    "not_parquet": N_("A file is not a Parquet file, or is damaged. Write it again."),
    "not_spss": N_("A file is not an SPSS file, or is damaged. Save it again as .sav."),
    "not_plain": N_(
        "A column holds lists or other things that are no text or number. Leave it out, or write it as text."
    ),
    "macros": N_("A workbook may hold macros, which are not opened. Save it as .xlsx."),
    "compressed": N_("A file is packed. Unpack it, or give it the ending that it should have."),
    "empty_file": N_("There is nothing in a file. Export it again."),
    "encoding": N_(
        "The letters of a file cannot be read with certainty. Save it as UTF-8, or declare its encoding in study.yml."
    ),
    "decimal": N_(
        "Numbers can be read in two ways: the mark may be a decimal sign or stand between thousands. Declare the "
        "decimal sign in study.yml."
    ),
    "mixed_decimals": N_("Some numbers have a decimal comma and some a decimal point. Write all of them in one way."),
    "open_quote": N_("A quotation mark is opened and not closed. Close it in that line."),
    "too_long": N_("Rows have more cells than the header has columns. Mend them in the export."),
    "too_short": N_("Rows have fewer cells than the header has columns. Mend them in the export."),
    "no_header": N_("No row was found that names the columns. Declare it in study.yml as header_row."),
    "not_format": N_("A file is not laid out as study.yml says. Mend the format there."),
    "not_declared": N_(
        "A file has one answer per row, and it is not said which columns tell who, what and which answer. Declare "
        "them in study.yml."
    ),
    "free_text": N_(
        "A column looks like people's own words, or says who they are. Leave it out of the codebook, or give it the "
        "role comment: it is then counted, and not kept."
    ),
    "people_listed": N_("values.csv lists who people are, or what they wrote. Remove these rows."),
    "doubled_answer": N_("A respondent has more than one answer to a question. Decide which to keep."),
    "no_question": N_("An answer belongs to no question. Fill the question in, or remove the row."),
    "varies": N_("What should be the same for all answers of a respondent differs. Make it one value."),
    "no_sheet": N_("A workbook has no sheet of this name. Mend the name in study.yml."),
    "several_sheets": N_("A workbook has several sheets with data. Say in study.yml which one is meant."),
    "error_cell": N_("Cells hold an error of Excel's, such as #N/A. Mend or empty them."),
    "not_computed": N_("Cells hold a formula without a value. Open the file in Excel and save it."),
    "merged": N_("Cells are merged, so that only the first of them has a value. Unmerge them and fill in each."),
    "no_rows": N_(
        "There are no data: no row is left below the header or inside the waves. Check the export and the waves."
    ),
    "empty_row": N_("Rows are empty. Remove them."),
    "doubled_column": N_("Two columns have the same name. Rename or remove one."),
    "no_column": N_("A column that is needed is not in the file. Mend its name in the file or in the codebook."),
    "unknown_column": N_("A column is none that this file may have. Mend its name or take it out."),
    "unknown_variable": N_("A variable is not in the codebook. Mend its name."),
    "unknown_table": N_("A table has a name that the kit does not know. Mend it in the codebook."),
    "unknown_role": N_("A role is not one of those that a variable may play. Mend it in the codebook."),
    "unknown_type": N_("A type is not one of those that a variable may have. Mend it in the codebook."),
    "unknown_reverse": N_("Whether an item is reversed is told by yes or no. Mend it in the codebook."),
    "unknown_wave": N_("The codebook has a wave that is not in the data. Mend its name, or take the row out."),
    "unknown_per": N_("A total is to be divided by a variable that is not in the codebook. Mend the name under per."),
    "no_name": N_("A row of the codebook names no variable. Fill it in, or remove the row."),
    "doubled_row": N_("The same thing has more than one row. Keep one."),
    "empty_cell": N_("Rows lack what they are about. Fill it in, or remove them."),
    "role_changes": N_("A variable has several roles. Give it one."),
    "doubled_role": N_("Several columns of a table have a role that only one can have. Give it to one of them."),
    "reserved_name": N_(
        "A variable has a name that the kit uses itself. Give it the role of that name, or another name."
    ),
    "not_text": N_("A variable that holds names has a type for numbers. Make it text."),
    "not_numeric": N_("A variable with a scale, or a weight or count, has a type for text. Make it whole or number."),
    "low_above_high": N_("The lowest value of a scale is above its highest. Exchange them in the codebook."),
    "no_scale": N_("A reversed item has no lowest and highest value. Give both in the codebook."),
    "no_cutoffs": N_(
        "It is not said which marks make a promoter and a detractor. Give promoter_from and detractor_to in the "
        "codebook."
    ),
    "half_cutoffs": N_("Only one of promoter_from and detractor_to is given. Give both in the codebook."),
    "cutoffs_cross": N_("The marks of detractors run into those of promoters. Mend them in the codebook."),
    "cutoff_outside": N_("A cut-off lies outside the scale. Mend it in the codebook."),
    "no_choices": N_("A question with fixed answers has none in values.csv. List them there."),
    "repair_chain": N_(
        "A value is read as another that is itself read as something else. Name the value that it is in the end."
    ),
    "repair_target": N_(
        "A value is read as one that the codebook does not know. Mend it in values.csv, under read_as."
    ),
    "repair_labelled": N_("A value that is read as another has a label of its own. Give the label to the other value."),
    "not_asked": N_(
        "There are answers in a wave in which nothing was asked, by the codebook. Add a row for that wave."
    ),
    "called_missing": N_(
        "The file itself calls a value missing, and the codebook does not. Declare it there under missing."
    ),
    "not_a_number": N_(
        "Cells hold something else than a number. Mend them, or declare what they hold as missing in the codebook "
        "or as another value in values.csv."
    ),
    "not_a_date": N_(
        "Cells hold something else than a date. Write it as 2025-12-31, or declare how dates are written."
    ),
    "not_whole": N_(
        "Answers are not whole numbers, and the scale has none between them. Mend them, or make the type number in"
        " the codebook."
    ),
    "outside_range": N_("Answers lie outside the scale. Mend them, or declare them as missing in the codebook."),
    "not_a_choice": N_(
        "Answers are none of those that values.csv lists. Mend them, list them, or declare what they are read as."
    ),
    "weight": N_("Weights are not above zero. Mend them."),
    "no_key": N_("Rows do not say whose they are, or of which wave. Fill it in, or remove them."),
    "doubled": N_("Someone or something has more than one row in a wave. Decide which to keep."),
    "spelling": N_(
        "One name is written in several ways. Write it in one way, or declare in values.csv which one counts."
    ),
    "unknown_name": N_("A name is not in the table in which it is looked up. Mend it there or here."),
    "two_organisations": N_("A team is in two organisations in one wave. Give each organisation teams of its own."),
    "no_wave": N_(
        "Files or dates tell a wave, and no variable has that role. Add one to the codebook; it need not be in the"
        " file."
    ),
    "no_date": N_("A table is linked by its days, and no variable has the role of date. Give it to one."),
    "wave_order": N_(
        "Waves stand in the order of their names, which is not that of time: each would be compared with the wrong"
        " one. Begin their names with the year."
    ),
    "other_folder": N_("Rows say something else than the name of the folder that they are in. Mend one of them."),
    "other_wave": N_("Rows say another wave than their date or study.yml does. Mend one of them."),
    "tied": N_("Dates are as near to one wave as to another. Say in study.yml which of them counts."),
    "undated": N_(
        "Rows have no date from which to tell the wave. Fill it in, or declare in study.yml that they are left out."
    ),
    "share": N_("Shares in crosswalk.csv are none, or those of one code do not sum to 1. Mend them there."),
    "merge": N_(
        "Rows of teams become one or are split, and it is not said how their numbers or names go together. Say so "
        "in study.yml, under merge."
    ),
    "several_units": N_(
        "Customers were served by several teams. Say in study.yml, under shared, how their answers are shared out."
    ),
    "long_cell": N_("A cell is so long that a quotation mark must be missing. Mend it in that row."),
    "unknown_scale": N_(
        "A row of the codebook describes a scale that has no items. Give its items that name under scale."
    ),
}
"""What stops a study from opening."""

NOTES = {
    "not_in_codebook": N_("Columns that the codebook does not name are not read."),
    "undescribed": N_("Files of a table that the codebook does not describe are not read."),
    "crosswalk": N_("Rows with the code of a team count for that team, as crosswalk.csv says."),
    "separator": N_("The sign between columns was found out from the file."),
    "bom": N_("A mark at the start of a file, which says how it is written, is left out."),
    "encoding": N_("The way in which letters are stored was found out from the file or declared."),
    "decimal": N_("The decimal sign was found out from numbers that can be read in one way only."),
    "thousands": N_("Signs between thousands are left out of numbers."),
    "ticks": N_("Cells that hold true or false are read as those words."),
    "formulas": N_("Cells hold formulas, of which the stored outcome is read."),
    "hidden_rows": N_("Hidden rows are read like all others."),
    "sheet": N_("The only sheet with data is read."),
    "header_row": N_("The names of the columns stand below the first row."),
    "format": N_("The layout of a survey tool was recognised, and its extra header rows are not counted as answers."),
    "long": N_("A file with one answer per row was laid out with one respondent per row."),
    "varies": N_("Columns that differ between the answers of one respondent are left out."),
    "nameless": N_("Rows without a name of a team, organisation or sector stay in, under none."),
    "guess": N_("The codebook still has its column of guesses. Take it out when you have looked it through."),
    "wave": N_("The wave was taken from the file's name, its date or study.yml."),
    "wave_order": N_("Waves stand in the order of their names. If that is not the order of time, rename them."),
    "folders": N_("Columns were taken from the names of folders."),
    "year": N_("A year with decimals is read without them."),
    "time": N_("The time is left out of dates; each keeps the day that is written."),
    "undated": N_("Rows without a date are left out, as study.yml says."),
    "outside": N_("Rows with a date in no wave are left out, as study.yml says."),
    "comments": N_("Comments are counted, and not kept."),
    "read_as": N_("Cells are read as another value, as values.csv declares."),
    "unused_repair": N_("A declared repair touched no cell. Check its spelling in values.csv."),
    "split": N_(
        "Rows have the code of a team that was split: nobody knows in which part they are, and they count under no"
        " team."
    ),
    "unused": N_("Codes in crosswalk.csv are in no table. Look whether they are written alike."),
    "not_in_crosswalk": N_("Names in no row of crosswalk.csv and in no other table are taken as they stand."),
    "merged": N_("Rows of teams were put together or split, as crosswalk.csv and study.yml say."),
    "several_units": N_("Customers were served by several teams; each row counts for one of them, as study.yml says."),
}
"""What was assumed, left out or done as declared."""

SUSPICIONS = {
    "alike_columns": N_(
        "Columns look like one: their names differ by a blank or a capital only. If they are one, give them one name."
    ),
    "alike_questions": N_("Variables ask the same question. If they are one, give them one name."),
    "alike_names": N_(
        "Names of groups differ by a blank or a capital only. If they are one, write them in one way, or declare "
        "it in values.csv."
    ),
    "alike_between": N_(
        "A name is spelt in another way in another table, and is not matched. If they are one, write it in one way."
    ),
    "all_empty": N_("A variable has no value in any row. Check its name in the codebook and the file."),
    "zero": N_(
        "Zeros stand among numbers that are far from zero. If they mean unknown, empty them, or declare them as "
        "missing."
    ),
    "missing_code": N_(
        "Numbers look like a code for no answer, and count as answers. If they are one, declare it as missing in "
        "the codebook."
    ),
    "same_answers": N_(
        "Rows have the same answers to many questions as another row of the same team and wave. Look whether they "
        "were sent in twice."
    ),
    "same_answers_later": N_(
        "A person has the same answers to many questions in two waves. Look whether rows were copied."
    ),
    "straight_line": N_(
        "Respondents gave one answer to all items of a block, though some of these are reversed. Look whether they"
        " read the questions."
    ),
    "unused_end": N_(
        "An end of a scale is never chosen, though the values beside it are. Check the scale in the codebook: a "
        "scale of 1–10 may be given as 0–10."
    ),
    "turned_item": N_(
        "An item runs against the others of its scale. Check its answers, and whether it is declared as reversed."
    ),
    "more_than_people": N_(
        "Teams have more answers than people who were invited or work there. Check the number and the names of the"
        " teams."
    ),
}
"""What may be wrong, and may be right."""
