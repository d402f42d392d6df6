import itertools

import pytest

from workq_gui.ui.stage_curve import Curve, Line, Part, Throw, point_along
from workq_gui.ui.stage_layout import MOST_SLOTS, SMALLEST_PX, lay_out

SIZES = [(380, 360), (440, 420), (560, 420), (740, 530), (1000, 420), (560, 900), (1400, 900), (1900, 1000)]
QUEUES = ("task_queue", "emails", "reports", "images", "a long name", "dead_letters")
ONE = QUEUES[:1]


def named(layouts):
    return pytest.mark.parametrize(
        "layout", layouts.values(), ids=[" ".join(map(str, key)) for key in layouts]
    )


each_size = named({size: lay_out(*size, ONE) for size in SIZES})
each = named(
    {
        (*size, count, zoom): lay_out(*size, QUEUES[:count], zoom)
        for size in SIZES
        for count in range(1, 7)
        for zoom in (0.8, 1.0, 1.6)
    }
)


def boxes_of(layout):
    boxes = {"sentence": layout.sentence, "producer": layout.producer, "exchange": layout.exchange}
    boxes |= {"ledger": layout.ledger, "legend": layout.legend}
    boxes |= {f"exchange row {i}": row for i, row in enumerate(layout.exchange_rows)}
    for name, tube in layout.tubes.items():
        rows = [tube.name_row, *([] if tube.is_compact else [tube.figures_row]), *tube.below_rows]
        boxes |= {f"{name} tube": tube.box} | {f"{name} row {i}": row for i, row in enumerate(rows)}
    return {name: box.adjusted(0, 0.05, 0, -0.05) for name, box in boxes.items() if box.height()}


@each
def test_nothing_overlaps(layout):
    overlapping = [
        (one, other)
        for (one, box), (other, other_box) in itertools.combinations(boxes_of(layout).items(), 2)
        if box.intersects(other_box)
    ]
    assert overlapping == []


@each
def test_all_stands_inside_the_stage_and_the_lines_have_room(layout):
    for box in boxes_of(layout).values():
        assert box.left() >= 0
        assert box.top() >= 0
        assert box.right() <= layout.width
        assert box.bottom() <= layout.height
    assert layout.width - layout.first_tube.box.right() >= 80


@each_size
def test_producer_exchange_and_the_only_queue_stand_on_one_axis(layout):
    middles = {box.center().y() for box in (layout.producer, layout.exchange, layout.first_tube.box)}
    assert middles == {layout.axis_y}


@each
def test_the_head_of_a_queue_is_at_the_workers_side_and_all_tokens_are_in_the_tube(layout):
    for tube in layout.tubes.values():
        xs = [tube.slot_x(offset) for offset in range(tube.slot_count)]
        assert xs == sorted(xs, reverse=True)
        assert xs[0] + layout.token_d / 2 < tube.box.right()
        assert xs[-1] - layout.token_d / 2 > tube.box.left()
        assert layout.token_d < min(tube.pitch, tube.box.height())


@each
def test_each_queue_has_a_tube_in_their_order_and_tokens_that_can_be_seen(layout):
    tops = [tube.box.top() for tube in layout.tubes.values()]
    assert list(layout.tubes) == list(QUEUES[: len(tops)])
    assert tops == sorted(tops)
    assert layout.token_d >= 8


@pytest.mark.parametrize(
    ("size", "count"), [((440, 420), 5), ((740, 530), MOST_SLOTS), ((1400, 900), MOST_SLOTS)]
)
def test_more_tokens_fit_into_a_wider_stage_up_to_a_limit(size, count):
    assert lay_out(*size, ONE).first_tube.slot_count == count


@each
def test_the_lines_of_text_stay_in_their_boxes(layout):
    for row in layout.producer_rows(4):
        assert layout.producer.contains(row)
    for row in layout.ledger_rows:
        assert layout.ledger.contains(row)


@each
def test_no_text_is_too_small_to_read(layout):
    assert layout.px(8) >= SMALLEST_PX


def test_text_grows_with_the_zoom_as_far_as_there_is_room():
    texts = [lay_out(740, 530, ONE, zoom).text_scale for zoom in (0.8, 1.0, 1.2, 1.6, 2.0)]
    assert texts == sorted(texts)
    assert texts[0] == 1.0
    assert texts[2] == pytest.approx(1.2)
    assert texts[3] == texts[4] <= 1.3


def test_each_workers_line_goes_from_its_queue_to_its_card():
    layout = lay_out(740, 530, QUEUES)
    curve, tube = layout.curve("reports", 55.0), layout.tubes["reports"]
    assert curve.point_at(0.0) == (tube.box.right(), tube.axis_y)
    assert curve.point_at(1.0) == (740, 55.0)


def test_the_exchange_fans_out_to_each_queue():
    layout = lay_out(740, 530, QUEUES)
    for name, tube in layout.tubes.items():
        assert layout.fan(name).point_at(0.0) == pytest.approx((layout.exchange.right(), layout.axis_y))
        assert layout.fan(name).point_at(1.0) == pytest.approx((tube.box.left(), tube.axis_y))


def test_of_more_than_six_queues_the_first_have_a_place():
    assert list(lay_out(740, 530, (*QUEUES, "seventh")).tubes) == list(QUEUES)


def test_a_queue_that_is_not_on_the_stage_is_taken_for_the_first():
    layout = lay_out(740, 530, QUEUES)
    assert layout.tube_of("nowhere") is layout.first_tube


def test_a_worker_whose_card_is_not_in_sight_has_a_level_line():
    layout = lay_out(740, 530, ONE)
    assert layout.curve(*ONE, None).point_at(1.0) == (740, layout.axis_y)


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


def test_a_way_of_several_parts_is_as_long_as_these_and_has_no_gaps():
    ways = [Line(0, 0, 10, 0), Part(Line(10, 0, 10, 40), 0.5)]
    points = [point_along(ways, fraction) for fraction in (0.0, 1 / 3, 2 / 3, 1.0)]
    assert points == [pytest.approx(point) for point in ((0, 0), (10, 0), (10, 10), (10, 20))]


def test_what_is_thrown_goes_up_first_and_comes_down_faster_and_faster():
    throw = Throw(0, 100, 50, 200, 20)
    ys = [throw.point_at(step / 10)[1] for step in range(11)]
    steps = [after - before for before, after in itertools.pairwise(ys)]
    assert (ys[0], ys[-1]) == (100, 200)
    assert steps[0] < 0
    assert steps == sorted(steps)
