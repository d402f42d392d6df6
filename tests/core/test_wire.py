from pika import spec

from tests.core.story import MS
from tests.wire_story import (
    acked,
    body,
    confirmed,
    delivered,
    heartbeat,
    log_of,
    method,
    note,
    published,
    record,
    story,
)
from workq_gui.core.wire import FrameType, WireLog
from workq_gui.core.wire_search import WireFilter, WireSearch


def names(log: WireLog) -> list[str]:
    return [log.frame(number).name for number in range(log.first, log.count)]


def rows(log: WireLog, wanted: WireFilter = WireFilter(), slice_frames: int = 3) -> list[int]:  # noqa: B008
    search = WireSearch(log, wanted)
    while search.look(slice_frames):
        pass
    return [search.number(row) for row in range(len(search))]


def test_frames_of_several_threads_are_kept_in_the_order_of_time():
    log = log_of(confirmed(2 * MS), *published(1 * MS))
    assert names(log) == ["Basic.Publish", "content header", "content body", "Basic.Ack"]


def test_a_frame_that_is_heard_late_is_where_it_was_heard_and_found_by_time_all_the_same():
    log = log_of(acked(5 * MS))
    log.extend([confirmed(4 * MS), acked(6 * MS)])
    assert [log.record(number).at_ns for number in range(3)] == [5 * MS, 4 * MS, 6 * MS]
    assert [log.number_at(at * MS) for at in (4, 5, 6)] == [0, 2, 3]


def test_content_belongs_to_the_method_before_it_on_its_channel_and_in_its_direction():
    mixed = [*zip(published(1), delivered(1), strict=True)]
    log = log_of(*(frame for pair in mixed for frame in pair))
    assert list(log.contents(0)) == [2, 4]
    assert list(log.contents(1)) == [3, 5]
    assert log.method_of(4) == 0


def test_content_whose_method_was_not_watched_belongs_to_none():
    log = log_of(published()[0], note(1), *published(2)[1:])
    assert log.method_of(2) is None
    assert rows(log) == [0, 1]
    assert rows(log, WireFilter(folds_content=False)) == [0, 1, 2, 3]


def test_only_the_latest_frames_are_kept_and_the_others_counted():
    log = log_of(*(confirmed(number, number + 1) for number in range(100)), most_frames=10)
    assert (log.first, log.count, log.dropped_count) == (90, 100, 90)
    assert log.frame(90).arguments[0] == ("delivery_tag", "91")
    assert log.number_at(0) == 90
    log.extend([], lost_count=7)
    assert log.dropped_count == 97


def test_long_frames_use_up_the_room_of_many():
    log = log_of(*(record(body(b"x" * 1_000), number) for number in range(100)), most_bytes=10_000)
    assert 8 <= log.count - log.first <= 10
    log.extend([heartbeat(100)])
    assert log.frame(log.count - 1).frame_type is FrameType.HEARTBEAT


def test_a_method_that_is_kept_no_more_has_no_content():
    log = log_of(*published(), most_frames=2)
    assert log.method_of(1) is None
    assert rows(log, WireFilter(words="hello")) == []
    assert rows(log, WireFilter(folds_content=False)) == [1, 2]


def test_a_message_is_one_row_and_a_heartbeat_none_unless_they_are_wanted():
    log = log_of(*story())
    assert rows(log) == [0, 1, 4, 5, 8]
    assert rows(log, WireFilter(hides_heartbeats=False)) == [0, 1, 4, 5, 8, 9]
    assert rows(log, WireFilter(folds_content=False)) == [0, 1, 2, 3, 4, 5, 6, 7, 8]


def test_the_rows_of_one_connection_are_its_own_and_where_watching_began():
    assert rows(log_of(*story()), WireFilter(owner="worker 1")) == [0, 5, 8]


def test_words_in_a_folded_body_find_its_method():
    log = log_of(*story())
    assert rows(log, WireFilter(words="hello w")) == [0, 1, 5]
    assert rows(log, WireFilter(words="message_id='t-1'")) == [0, 1, 5]
    assert rows(log, WireFilter(words="REDELIVERED=true")) == [0, 5]
    assert rows(log, WireFilter(words="hello", folds_content=False)) == [0, 3, 7]


def test_a_search_goes_on_with_what_comes_and_forgets_what_is_dropped():
    log = log_of(*published(), most_frames=6)
    search = WireSearch(log, WireFilter(words="hello"))
    search.look(100)
    assert (len(search), search.is_done) == (1, True)
    log.extend(delivered(1))
    assert not search.is_done
    search.look(100)
    assert [search.number(row) for row in range(len(search))] == [0, 3]
    log.extend([confirmed(2)])
    search.look(100)
    assert search.number(0) >= log.first


def test_a_long_body_belongs_to_its_method_whole_and_a_message_without_body_ends_at_its_header():
    text = b"x" * 30
    publish, header, body = published(text=text)
    long = [publish, header, *(record(body.raw[:7] + text[:10] + b"\xce") for _ in range(3))]
    log = log_of(*long, acked(), *published(text=b"")[:2], body)
    assert list(log.contents(0)) == [1, 2, 3, 4]
    assert list(log.contents(6)) == [7]


def test_what_is_asked_only_to_know_what_to_draw_is_hidden_unless_it_is_wanted():
    look = record(method(spec.Queue.Declare(queue="task_queue", passive=True)), 1)
    counts = record(method(spec.Queue.DeclareOk("task_queue", 3, 1)), 2, is_outgoing=False)
    declare = record(method(spec.Queue.Declare(queue="other", durable=True)), 3)
    declared = record(method(spec.Queue.DeclareOk("other", 0, 0)), 4, is_outgoing=False)
    watching = confirmed(5)._replace(owner="observer")
    log = log_of(look, counts, declare, declared, watching)
    assert rows(log, slice_frames=1) == [2, 3]
    assert rows(log, WireFilter(hides_observing=False)) == [0, 1, 2, 3, 4]
    assert rows(log, WireFilter(owner="observer")) == [4]
