import itertools

import pytest

from workq_gui.core.events import WorkerId
from workq_gui.ui.stage_layout import MOST_SLOTS, Curve, lay_out

SIZES = [(380, 360), (440, 420), (560, 420), (740, 530), (1000, 420), (560, 900), (1400, 900)]
each_size = pytest.mark.parametrize("layout", [lay_out(*size) for size in SIZES], ids=str)


@each_size
def test_nothing_overlaps(layout):
    boxes = {
        "sentence": layout.sentence,
        "producer": layout.producer,
        "exchange": layout.exchange,
        "tube": layout.tube,
        "legend": layout.legend,
        **{f"exchange row {i}": row for i, row in enumerate(layout.exchange_rows)},
        **{f"caption row {i}": row for i, row in enumerate(layout.caption_rows)},
        **{f"row {i} below": row for i, row in enumerate(layout.below_rows)},
    }
    overlapping = [
        (one, other)
        for (one, box), (other, other_box) in itertools.combinations(boxes.items(), 2)
        if box.intersects(other_box)
    ]
    assert overlapping == []


@each_size
def test_all_stands_inside_the_stage_and_the_lines_have_room(layout):
    for box in (layout.sentence, layout.producer, layout.exchange, layout.tube, layout.legend):
        assert box.left() >= 0
        assert box.top() >= 0
        assert box.bottom() <= layout.height
    assert layout.width - layout.tube.right() >= 80


@each_size
def test_producer_exchange_and_queue_stand_on_one_axis(layout):
    middles = {box.center().y() for box in (layout.producer, layout.exchange, layout.tube)}
    assert middles == {layout.axis_y}


@each_size
def test_the_head_of_the_queue_is_at_the_workers_side_and_all_tokens_are_in_the_tube(layout):
    xs = [layout.slot_x(offset) for offset in range(layout.slot_count)]
    assert xs == sorted(xs, reverse=True)
    assert xs[0] + layout.token_d / 2 < layout.tube.right()
    assert xs[-1] - layout.token_d / 2 > layout.tube.left()
    assert layout.pitch > layout.token_d


@pytest.mark.parametrize(
    ("size", "count"), [((440, 420), 5), ((740, 530), MOST_SLOTS), ((1400, 900), MOST_SLOTS)]
)
def test_more_tokens_fit_into_a_wider_stage_up_to_a_limit(size, count):
    assert lay_out(*size).slot_count == count


@each_size
def test_the_producers_lines_of_text_stay_in_its_box(layout):
    for row in layout.producer_rows(4):
        assert layout.producer.contains(row)


def test_each_workers_line_goes_from_the_queue_to_its_card():
    layout = lay_out(740, 530)
    curve = layout.curves({WorkerId("worker 1"): 55.0})[WorkerId("worker 1")]
    assert curve.point_at(0.0) == (layout.tube.right(), layout.axis_y)
    assert curve.point_at(1.0) == (740, 55.0)


def test_a_worker_whose_card_is_not_in_sight_has_a_level_line():
    layout = lay_out(740, 530)
    assert layout.curve_to(None).point_at(1.0) == (740, layout.axis_y)


@pytest.mark.parametrize("fraction", [0.0, 0.2, 0.5, 0.9, 1.0])
def test_a_token_flies_exactly_on_the_line_that_is_drawn(fraction):
    curve = Curve(100, 200, 400, 50)
    path = curve.path()
    elements = [path.elementAt(index) for index in range(path.elementCount())]
    points = [(element.x, element.y) for element in elements]
    while len(points) > 1:  # de Casteljau's rule
        points = [
            tuple(a + (b - a) * fraction for a, b in zip(one, other, strict=True))
            for one, other in itertools.pairwise(points)
        ]
    assert points[0] == pytest.approx(curve.point_at(fraction))


def test_a_part_of_a_line_begins_and_ends_on_it():
    curve = Curve(100, 200, 400, 50)
    part = curve.path(0.2, 0.6)
    start, end = part.elementAt(0), part.currentPosition()
    assert (start.x, start.y) == pytest.approx(curve.point_at(0.2))
    assert (end.x(), end.y()) == pytest.approx(curve.point_at(0.6))
