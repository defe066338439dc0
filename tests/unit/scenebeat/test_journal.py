from contextlib import closing
from itertools import islice
from pathlib import Path

from scenebeat.journal import last_lines, new_lines, readable


def test_the_last_lines_of_a_log(tmp_path: Path) -> None:
    log = tmp_path / "video.log"
    log.write_text("".join(f"{number}\n" for number in range(50_000)))
    assert last_lines(log, most=3) == ["49997", "49998", "49999"]
    assert last_lines(log, most=0) == []


def test_following_shows_what_is_appended_to_any_log_and_only_whole_lines(tmp_path: Path) -> None:
    image, video = tmp_path / "image.log", tmp_path / "video.log"
    image.write_text("old\n")
    video.write_text("old\n")
    pieces = iter([(image, "first li"), (video, "second\n"), (image, "ne\n")])

    def write_instead_of_sleeping(_seconds: float) -> None:
        log, piece = next(pieces)
        with log.open("a") as file:
            file.write(piece)

    with closing(new_lines([image, video], sleep=write_instead_of_sleeping)) as lines:
        heard = list(islice(lines, 2))
    assert heard == [(video, "second"), (image, "first line")]


def test_a_log_line_is_made_readable_and_anything_else_is_left_alone() -> None:
    line = (
        '{"event": "order_ended", "level": "info", "service": "video", "seconds": 6.1, '
        '"timestamp": "2026-11-21T04:18:48.473395Z"}'
    )
    assert readable(line) == "04:18:48 info    order_ended seconds=6.1"
    assert readable("[32006] [INF] Server is ready") == "[32006] [INF] Server is ready"
    assert readable('{"half": ') == '{"half": '
