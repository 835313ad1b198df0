"""What students hand in is checked anew, counted, and never believed."""

import csv
import io
import json

import pytest

from lrp_widgets.app.cli import main
from lrp_widgets.lessons.code_questions import model_solutions
from lrp_widgets.lessons.marking import code_process
from lrp_widgets.lessons.marking.answers_file import read
from lrp_widgets.lessons.marking.code_process import run_code
from lrp_widgets.lessons.marking.collect import collect, page, table


def answer(*tried, right=False):
    return {"given": tried[-1], "tried": list(tried), "right": right}


def write(path, name="Ada", lesson=2, **answers):
    file = {"format": "lrp-widgets answers", "version": 1, "lesson": lesson, "name": name}
    answers = {f"{lesson:02d}-{question}": each for question, each in answers.items()}
    path.write_text(json.dumps(file | {"answers": answers}), "utf-8")
    return path


def rows(text):
    return {row["student"]: row for row in csv.DictReader(io.StringIO(text))}


def test_points_are_computed_and_not_believed(tmp_path):
    ada = write(
        tmp_path / "ada.json",
        predict=answer("2"),
        share=answer("0.3429", "4/7"),
        received=answer("7", right=True),
    )
    bob = write(tmp_path / "bob.json", name="Bob", share=answer("57.14 %"), received=answer("half"))
    found = collect([ada, bob])
    assert found.refused == []
    assert found.remarks == [f"{ada} says that 02-received is right, and it is not."]
    assert list(csv.DictReader(io.StringIO(table(found)))) == [
        {"student": "Ada", "02-predict": "1", "02-share": "1", "02-received": "0", "02-code": "",
         "sum": "2"},
        {"student": "Bob", "02-predict": "", "02-share": "1", "02-received": "0", "02-code": "",
         "sum": "1"},
    ]  # fmt: skip


def test_what_the_class_got_wrong_is_counted(tmp_path):
    paths = [
        write(tmp_path / "a.json", "A", share=answer("0.3429", "0.3429", "4/7")),
        write(tmp_path / "b.json", "B", share=answer(" 0.3429"), predict=answer("0", "2")),
        write(tmp_path / "c.json", "C", share=answer("1.6", "x"), predict=answer("2")),
    ]
    written = page(collect(paths))
    share = written.split('data-question="02-share"')[1].split("</section>")[0]
    assert "1 right · 2 wrong" in share
    first, second = share.split("<tr><td>")[1:]
    assert first.startswith("2</td><td><p>0.3429</p>") and "relevance that it gets" in first
    assert second.startswith("1</td><td><p>1.6</p>") and "too large" in second
    predict = written.split('data-question="02-predict"')[1].split("</section>")[0]
    assert "2 wrong · 1 no answer" in predict
    assert predict.index("It gets larger</p>") < predict.index("It gets smaller</p>")


def test_lessons_of_a_student_stand_in_one_row(tmp_path):
    paths = [
        write(tmp_path / "4.json", "Ada", 4, predict=answer("2")),
        write(tmp_path / "2.json", "Ada", share=answer("4/7")),
        write(tmp_path / "2-again.json", "Ada", share=answer("1")),
    ]
    found = collect(paths)
    [row] = rows(table(found)).values()
    assert list(row)[1:6] == ["02-predict", "02-share", "02-received", "02-code", "04-predict"]
    assert (row["02-share"], row["04-predict"], row["sum"]) == ("0", "1", "1")
    assert found.remarks == [f"Ada handed in lesson 2 twice: {paths[2]} counts, not {paths[1]}."]


def test_without_a_name_the_file_has_one(tmp_path):
    found = read(write(tmp_path / "submission_17.json", " ", share=answer("1")))
    assert found.student == "submission_17"


@pytest.mark.parametrize("name", ["=HYPERLINK(1)", "+1", "-1", "@x"])
def test_a_name_is_no_formula(tmp_path, name):
    written = table(collect([write(tmp_path / "a.json", name, share=answer("1"))]))
    assert list(rows(written)) == [f"'{name}"]


def test_a_page_shows_what_students_wrote_as_text(tmp_path):
    path = write(tmp_path / "a.json", "<script>", share=answer("<b>1</b>", "1"))
    code = {"code": answer("def f(): raise ValueError('<i>')")}
    other = write(tmp_path / "b.json", "B", **{"<u>": answer("1")}, **code)
    written = page(collect([path, other]))
    assert not any(tag in written for tag in ("<script", "<b>", "<i>", "<u>"))


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "it is no answers file"),
        ("{", "it is no answers file"),
        ("[" * 100_000, "it is no answers file"),
        ("[1]", "it is no answers file"),
        ('{"format": "other"}', "it is no answers file"),
        ('{"format": "lrp-widgets answers", "version": 2}', "another version"),
        ('{"format": "lrp-widgets answers", "version": 1}', "are missing"),
        ('{"format": "lrp-widgets answers", "version": 1, "lesson": true, "answers": {}}', "miss"),
        ('{"format": "lrp-widgets answers", "version": 1, "lesson": 77, "answers": {}}', "1 to"),
        (
            '{"format": "lrp-widgets answers", "version": 1, "lesson": 2, "answers": {"a": 1}}',
            "the answer to 'a' is damaged",
        ),
    ],
)
def test_what_cannot_be_read_has_one_sentence_and_the_rest_goes_on(tmp_path, text, says):
    broken = tmp_path / "broken.json"
    broken.write_text(text, "utf-8")
    found = collect([broken, write(tmp_path / "ada.json", share=answer("4/7"))])
    assert found.students == ["Ada"]
    [sentence] = found.refused
    assert sentence.startswith(f"{broken}: ") and says in sentence and sentence.endswith(".")
    assert "\n" not in sentence


def test_other_files_are_refused_too(tmp_path, monkeypatch):
    (tmp_path / "picture.json").write_bytes(b"\x89PNG\xff\x00")
    (tmp_path / "large.json").write_text(" " * 5_000_001)
    names = ("picture", "large", "missing")
    found = collect([*(tmp_path / f"{name}.json" for name in names), tmp_path])
    assert len(found.refused) == 4 and not found.handed_in
    assert "larger than any answers file" in found.refused[1]
    assert "no such file" in found.refused[2]


def test_code_is_run_only_where_that_is_asked_for(tmp_path):
    code = model_solutions("02")["02-code"]
    path = write(tmp_path / "ada.json", code=answer(code, right=True))
    found = collect([path])
    assert rows(table(found))["Ada"]["02-code"] == ""
    assert found.remarks == [f"{path}: its code was not run, and has no points."]


def test_code_is_judged_in_a_process_of_its_own(tmp_path):
    code = 'print("{}")\n' + model_solutions("02")["02-code"]
    found = collect([write(tmp_path / "ada.json", code=answer(code))], run_code=True)
    assert rows(table(found))["Ada"]["02-code"] == "1"
    [verdict] = run_code(2, {"02-code": code.replace("np.maximum(W, 0)", "W")}).values()
    assert not verdict and "negative ones" in verdict.message


@pytest.mark.parametrize(
    ("code", "says"),
    [
        ("import os\nos._exit(0)", "ended Python"),
        ("x = 1", "defines no function"),
        ("def z_plus(:", "stopped with SyntaxError"),
    ],
)
def test_code_that_goes_wrong_is_said(code, says):
    [verdict] = run_code(2, {"02-code": code}).values()
    assert not verdict and says in verdict.message


def test_code_that_does_not_end_is_ended(monkeypatch):
    monkeypatch.setattr(code_process, "SECONDS", 1)
    [verdict] = run_code(2, {"02-code": "while True: pass"}).values()
    assert not verdict and "did not come to an end within 1 s" in verdict.message


def test_answers_may_call_each_other():
    """Of lesson 14, `convolution` calls `forward` and `transpose`."""
    sources = {
        "14-forward": "def forward(x, w): return x",
        "14-transpose": "def transpose(s, w): return forward(s, w)",
    }
    namespace_holds = code_process._verdicts(sources)
    assert not any("NameError" in message for _, message in namespace_holds.values())


def test_the_command_writes_table_and_page(tmp_path, capsys):
    folder = tmp_path / "handed in"
    folder.mkdir()
    write(folder / "ada.json", "Zoë", share=answer("4/7"))
    (folder / "broken.json").write_text("{")
    out = tmp_path / "new" / "class.csv"
    assert main(["collect", str(folder), "--out", str(out)]) == 1
    printed = capsys.readouterr()
    assert "broken.json: it is no answers file" in printed.err
    assert "1 student, lessons 2" in printed.out
    assert list(rows(out.read_text("utf-8-sig"))) == ["Zoë"]
    assert "What the class answered" in out.with_suffix(".html").read_text("utf-8")
    (folder / "broken.json").unlink()
    assert main(["collect", str(folder), "--out", str(out)]) == 0
    assert main(["collect", str(folder), "--out", str(tmp_path / "class.xls")]) == 2
    assert "such as class.csv" in capsys.readouterr().err
    assert main(["collect", str(tmp_path / "none"), "--out", str(out)]) == 1


def test_the_command_writes_a_worksheet_and_its_key(tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert main(["worksheet", "02"]) == 0
    assert "0.5714" not in (tmp_path / "worksheet-02.html").read_text("utf-8")
    assert main(["worksheet", "2", "--solutions", "--out", "keys/two.html"]) == 0
    assert "0.5714" in (tmp_path / "keys" / "two.html").read_text("utf-8")
    assert main(["worksheet", "77"]) == 1
    assert "There are lessons 1 to" in capsys.readouterr().err
