"""What is remembered from one run to the next, and what a damaged or closed file does to it."""

import pytest
from PySide6.QtCore import QByteArray

from workq_gui.core.settings import from_url
from workq_gui.runtime.preferences import MOST_RECENT, Preferences

FILE = "workq.ini"
WISHES = ("system", "dark", "light")


def again(folder) -> Preferences:
    """Return what the next run finds."""
    return Preferences(folder)


def remember(folder, **values) -> Preferences:
    preferences = Preferences(folder)
    for name, value in values.items():
        preferences.keep(name, value)
    preferences.save()
    return preferences


def test_at_first_everything_is_as_it_comes(tmp_path):
    preferences = Preferences(tmp_path)
    assert preferences.word("theme", WISHES, "system") == "system"
    assert preferences.flag("kitchen", default=False) is False
    assert preferences.number("zoom", 0.5, 2.0, 1.0) == 1.0
    assert preferences.state("window").isEmpty()
    assert preferences.last_broker == ""
    assert preferences.recent_files == []


def test_what_is_kept_is_there_in_the_next_run(tmp_path):
    state = QByteArray(b"\x00\xffany, bytes\n")
    remember(tmp_path, theme="dark", kitchen=True, zoom=1.3, window=state)
    preferences = again(tmp_path)
    assert preferences.word("theme", WISHES, "system") == "dark"
    assert preferences.flag("kitchen", default=False) is True
    assert preferences.number("zoom", 0.5, 2.0, 1.0) == 1.3
    assert preferences.state("window") == state


def test_without_a_folder_it_is_remembered_for_this_run_alone(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    preferences = remember(None, theme="dark")
    assert preferences.word("theme", WISHES, "system") == "dark"
    assert Preferences(None).word("theme", WISHES, "system") == "system"
    assert list(tmp_path.iterdir()) == []


def test_two_windows_do_not_undo_what_the_other_kept(tmp_path):
    one, other = Preferences(tmp_path), Preferences(tmp_path)
    one.keep("theme", "dark")
    one.save()
    other.keep("kitchen", True)
    other.save()
    preferences = again(tmp_path)
    assert preferences.word("theme", WISHES, "system") == "dark"
    assert preferences.flag("kitchen", default=False)


@pytest.mark.parametrize(
    "line", ["theme=purple", "theme=dark, light", "theme=@Invalid()", "theme=" + "x" * 200_000]
)
def test_a_word_that_makes_no_sense_is_the_default(tmp_path, line):
    (tmp_path / FILE).write_text(f"[General]\n{line}\n")
    assert Preferences(tmp_path).word("theme", WISHES, "system") == "system"


@pytest.mark.parametrize("value", ["large", "nan", "inf", "-1", "99", ""])
def test_a_number_that_makes_no_sense_is_the_default(tmp_path, value):
    (tmp_path / FILE).write_text(f"[General]\nzoom={value}\n")
    assert Preferences(tmp_path).number("zoom", 0.5, 2.0, 1.0) == 1.0


def test_a_state_that_is_none_is_empty(tmp_path):
    (tmp_path / FILE).write_text("[General]\nwindow=maximized\n")
    assert Preferences(tmp_path).state("window").isEmpty()


class TestFiles:
    @pytest.mark.expects_log("was damaged; it is .*workq.damaged now")
    @pytest.mark.parametrize("damage", [b"\x00\xff\xfe\x01 no settings", b"[General]\ntheme=dark\ncut sho"])
    def test_a_damaged_one_is_set_aside_and_a_new_one_begun(self, tmp_path, damage):
        (tmp_path / FILE).write_bytes(damage)
        remember(tmp_path, theme="light")
        assert (tmp_path / "workq.damaged").read_bytes() == damage
        assert again(tmp_path).word("theme", WISHES, "system") == "light"

    @pytest.mark.expects_log("is damaged, and so is .*: mend or delete them")
    def test_a_second_damaged_one_takes_the_place_of_none(self, tmp_path):
        (tmp_path / FILE).write_bytes(b"\x00 second")
        (tmp_path / "workq.damaged").write_bytes(b"first")
        preferences = remember(tmp_path, theme="light")
        assert preferences.word("theme", WISHES, "system") == "light"
        assert (tmp_path / FILE).read_bytes() == b"\x00 second"
        assert (tmp_path / "workq.damaged").read_bytes() == b"first"

    @pytest.mark.expects_log("cannot be written")
    def test_a_folder_that_cannot_be_made_is_told_of_once(self, tmp_path, caplog):
        (tmp_path / "file").touch()
        preferences = Preferences(tmp_path / "file" / "folder")
        for theme in ("dark", "light"):
            preferences.keep("theme", theme)
            preferences.save()
        assert preferences.word("theme", WISHES, "system") == "light"
        assert len(caplog.records) == 1

    @pytest.mark.expects_log("cannot be read")
    def test_one_that_cannot_be_read_is_done_without(self, tmp_path):
        (tmp_path / FILE).mkdir()
        assert remember(tmp_path, theme="dark").word("theme", WISHES, "system") == "dark"
        assert (tmp_path / FILE).is_dir()


class TestTheLastBroker:
    @pytest.mark.parametrize(
        "url",
        [
            "amqp://teacher:s3cret@broker.school:5673/class%20a",
            "amqps://teacher:s3cret@broker.school/?cacertfile=/etc/a%20b/ca.pem",
            "amqp://teacher:s3cret@[::1]:5672,other:5673",
        ],
    )
    def test_it_is_the_same_but_for_its_password(self, tmp_path, url):
        endpoint = from_url(url)
        preferences = Preferences(tmp_path)
        preferences.note_broker(endpoint)
        preferences.save()
        assert "s3cret" not in (tmp_path / FILE).read_text()
        kept = from_url(again(tmp_path).last_broker)
        assert kept.lacks_password
        assert str(kept) == str(endpoint)
        assert kept.ca_file == endpoint.ca_file

    def test_a_password_that_somebody_wrote_into_the_file_is_not_shown(self, tmp_path):
        (tmp_path / FILE).write_text("[General]\nbroker=amqp://teacher:s3cret@broker.school\n")
        assert Preferences(tmp_path).last_broker == "amqp://teacher@broker.school:5672"

    def test_one_that_is_no_address_is_none(self, tmp_path):
        (tmp_path / FILE).write_text("[General]\nbroker=http://elsewhere\n")
        assert Preferences(tmp_path).last_broker == ""


class TestRecentFiles:
    @pytest.fixture
    def files(self, tmp_path):
        def make(name: str) -> str:
            path = tmp_path / name
            path.touch()
            return str(path)

        return make

    def test_the_latest_comes_first_and_none_comes_twice(self, tmp_path, files):
        preferences = Preferences(tmp_path)
        names = [files(name) for name in ("a, b.workq", "ü.toml", "a, b.workq")]
        for name in names:
            preferences.note_file(name)
        preferences.save()
        assert again(tmp_path).recent_files == names[:0:-1]

    def test_of_each_kind_there_are_so_many(self, tmp_path, files):
        preferences = Preferences(tmp_path)
        preferences.note_file(files("first.toml"))
        for number in range(MOST_RECENT + 3):
            preferences.note_file(files(f"{number}.workq"))
        recordings = [path for path in preferences.recent_files if path.endswith(".workq")]
        assert len(recordings) == MOST_RECENT
        assert recordings[0].endswith(f"{MOST_RECENT + 2}.workq")
        assert len(preferences.recent_files) == MOST_RECENT + 1

    def test_what_another_window_opened_is_among_them(self, tmp_path, files):
        one, other = Preferences(tmp_path), Preferences(tmp_path)
        one.note_file(files("one.workq"))
        other.note_file(files("other.workq"))
        names = [path.rsplit("/", 1)[1] for path in one.recent_files]
        assert names == ["other.workq", "one.workq"]

    def test_they_are_known_even_where_nothing_can_be_written(self, tmp_path, files):
        path = files("file")
        preferences = Preferences(tmp_path / "file" / "folder")
        preferences.note_file(path)
        assert preferences.recent_files == [path]

    def test_one_that_is_gone_is_not_offered(self, tmp_path, files):
        preferences = Preferences(tmp_path)
        path = files("a.workq")
        preferences.note_file(path)
        (tmp_path / "a.workq").unlink()
        assert preferences.recent_files == []

    def test_one_that_was_opened_by_a_short_name_is_found_from_anywhere(self, tmp_path, files, monkeypatch):
        path = files("a.workq")
        monkeypatch.chdir(tmp_path)
        preferences = Preferences(tmp_path)
        preferences.note_file("a.workq")
        assert preferences.recent_files == [path]

    @pytest.mark.parametrize("value", ['"{"', "3", '"[3, null]"', '"[\\"a\\\\u0000b\\"]"'])
    def test_a_list_that_makes_no_sense_is_empty(self, tmp_path, value):
        (tmp_path / FILE).write_text(f"[General]\nrecent={value}\n")
        assert Preferences(tmp_path).recent_files == []
