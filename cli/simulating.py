"""The work behind ``pingan simulate`` and ``pingan replay --what-if``: make the city, compare, print, draw."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from cli.console import CommandFailed, say
from cli.installation import require_migrated, running_database
from cli.past import read_past
from cli.stations import choose_station
from dispatch.intake.calls import read_calls
from geo.crs import Position
from geo.responders.hours import SHANGHAI
from geo.roads.osm import read_roads
from geo.roads.service import build
from kit.clock import SystemClock
from kit.database import make_engine, make_session_factory
from simulation.twin import report, tuning_report
from simulation.twin.arrivals import draw, fit
from simulation.twin.compare import Case, compare, differ
from simulation.twin.equal import stand
from simulation.twin.generate import populate
from simulation.twin.ground import Ground, OpenGround, Streets
from simulation.twin.invent import invent_process, invent_streets
from simulation.twin.run import Run
from simulation.twin.scenarios import needs_for
from simulation.twin.spelling import DEFAULT, PolicyUnknown, read_policy
from simulation.twin.tune import tune
from simulation.twin.values import Call

#: simulated cities live from here on: a Monday, local time
_START = datetime(2026, 1, 5, tzinfo=SHANGHAI).timestamp()
_WEEK_S = 7 * 24 * 3600.0
#: repetitions of a file are so many hours apart, and fall on the same hours of the week
_BETWEEN_WEEKS = 2


@dataclass(frozen=True, kw_only=True)
class Wish:
    """What the command line says. ``fitted``: draw calls like those of the file; else take them as they were."""

    file: Path | None
    columns: str | None
    timezone: str
    crs: str
    township: str | None
    incidents: int
    guards: int
    accept: float
    seed: int
    streets: str
    policies: Sequence[str]
    target_s: float
    out: Path | None
    fitted: bool
    repeat: int = 1
    tunes: bool = False
    warm_up: float = 0.0
    #: code or name: its own past incidents and people instead of a file and invented ones
    station: str | None = None


def run(wish: Wish) -> None:
    """All of it; the table on stdout, and below it what it was made from."""
    policies = list(wish.policies or DEFAULT)
    for text in policies:
        try:
            read_policy(text)
        except PolicyUnknown as wrong:
            raise CommandFailed(str(wrong)) from wrong
    case, inputs = make_case(wish)
    if wish.tunes:
        _tune(wish, case, inputs)
        return
    results = compare(case, policies, progress=_Teller())
    print(report.table(results))
    print(f"\nin time: a helper there within {wish.target_s:g} s. bare min: minutes of gates below their minimum"
          " because somebody was sent, per 100 incidents.")  # fmt: skip
    own = [result for result in results if result.figures.policy.startswith("ours")]
    others = [result for result in results if result not in own]
    if own and others:
        pairs = [differ(own[0], other, target_s=case.target_s, seed=case.seed) for other in others]
        print(report.differences(pairs))
        print(report.standings(stand(own, others)))
    print(json.dumps(inputs, ensure_ascii=False, sort_keys=True), flush=True)
    if wish.out is not None:
        wish.out.mkdir(parents=True, exist_ok=True)
        (wish.out / "result.csv").write_text(report.to_csv(results, inputs), encoding="utf-8")
        report.draw(results, inputs, wish.out / "result.png")
        say(f"wrote {wish.out / 'result.csv'} and {wish.out / 'result.png'}")


def _tune(wish: Wish, case: Case, inputs: dict[str, Any]) -> None:
    tried = tune(case, progress=_Teller())
    print(tuning_report.table(tried))
    print(tuning_report.advice(tried))
    print(json.dumps(inputs, ensure_ascii=False, sort_keys=True), flush=True)
    if wish.out is not None:
        wish.out.mkdir(parents=True, exist_ok=True)
        (wish.out / "tuning.csv").write_text(tuning_report.to_csv(tried, inputs), encoding="utf-8")
        tuning_report.draw(tried, inputs, wish.out / "tuning.png")
        say(f"wrote {wish.out / 'tuning.csv'} and {wish.out / 'tuning.png'}")


class _Teller:
    """Says after each run how long it took."""

    def __init__(self) -> None:
        self._began = time.monotonic()

    def __call__(self, name: str, played: Run) -> None:
        took_s, self._began = time.monotonic() - self._began, time.monotonic()
        say(f"{name}: {len(played.incidents)} incidents, {played.events} events, {took_s:.1f} s")


def make_case(wish: Wish) -> tuple[Case, dict[str, Any]]:
    """The city and its calls, and what they were made from."""
    if wish.station is not None:
        return _station_case(wish, wish.station)
    calls, source = _calls(wish)
    places = [call.position for call in calls]
    # gates stand where calls come from, however many are drawn
    population = populate(places[:2000], guards=wish.guards, accepts=wish.accept, seed=wish.seed)
    ground = _ground(wish.streets, [*places, *(guard.home for guard in population.guards)], wish.seed)
    case = Case(calls=calls, population=population, ground=ground, seed=wish.seed, target_s=wish.target_s,
                warm_up=int(len(calls) * wish.warm_up))  # fmt: skip
    inputs = {
        **source,
        "incidents": len(calls),
        "guards": wish.guards,
        "accept": wish.accept,
        "ground": ground.name,
        "seed": wish.seed,
        "target_s": wish.target_s,
        "warm_up": case.warm_up,
    }
    return case, inputs


def _station_case(wish: Wish, wanted: str) -> tuple[Case, dict[str, Any]]:
    with running_database() as settings:
        require_migrated(settings)
        engine = make_engine(settings.database_url, pool_size=1, application="simulate")
        try:
            with make_session_factory(engine)() as session:
                station = choose_station(session, wanted)
                past = read_past(session, station.id, limit=wish.incidents, at=SystemClock().now())
        finally:
            engine.dispose()
    ground: Ground = OpenGround() if past.network is None else Streets(past.network, name="imported roads")
    say(f"{len(past.calls)} past incidents, {len(past.population.guards)} guards, {past.log_rows} answers in the log")
    case = Case(calls=past.calls, population=past.population, ground=ground, seed=wish.seed, target_s=wish.target_s,
                warm_up=int(len(past.calls) * wish.warm_up))  # fmt: skip
    return case, {
        "source": f"station {station.code}",
        "incidents": len(past.calls),
        "guards": len(past.population.guards),
        "log_rows": past.log_rows,
        "accept": past.accept,
        "ground": ground.name,
        "seed": wish.seed,
        "target_s": wish.target_s,
        "warm_up": case.warm_up,
    }


def _calls(wish: Wish) -> tuple[list[Call], dict[str, Any]]:
    if wish.file is None:
        drawn = draw(invent_process(wish.seed), count=wish.incidents, start_s=_START, seed=wish.seed)
        return drawn, {"source": "invented town"}
    past = _past(wish)
    source: dict[str, Any] = {
        "source": wish.file.name,
        "sha256": hashlib.sha256(wish.file.read_bytes()).hexdigest()[:16],
        "township": wish.township,
    }
    if not wish.fitted:
        return _repeated(past, wish.repeat), source | {"repeat": wish.repeat}
    if len(past) < 10:
        raise CommandFailed("Fewer than ten calls of the file can be read: nothing can be fitted to them.")
    process, goodness = fit(past)
    say(
        f"fitted to {len(past)} calls: mean {process.per_hour.mean():.2f} an hour, places spread over"
        f" {process.bandwidth_m:g} m ({goodness.nats_over_uniform:+.2f} nats per call over an even spread);"
        f" waits: Kolmogorov-Smirnov p = {goodness.ks_p:g}; counts: dispersion {goodness.dispersion:g} (Poisson: 1);"
        f" {goodness.hours_never_watched} of 168 hours of the week never seen, taken at the mean"
    )
    return draw(process, count=wish.incidents, start_s=_START, seed=wish.seed), source | {"fitted_to": len(past)}


def _past(wish: Wish) -> list[Call]:
    columns = [name.strip() for name in wish.columns.split(",")] if wish.columns else None
    assert wish.file is not None
    calls: list[Call] = []
    for call in read_calls(wish.file, columns=columns, timezone=wish.timezone, crs=wish.crs):
        if wish.township is None or call.township.upper() == wish.township.upper():
            scenario, needs = needs_for(call.category, call.type)
            at_s = call.called_at.timestamp()
            calls.append(Call(number=len(calls), at_s=at_s, position=call.position, scenario=scenario, needs=needs))
    if not calls:
        raise CommandFailed(f"{wish.file} holds no call that can be read, or none of that township.")
    return calls


def _repeated(calls: Sequence[Call], times: int) -> list[Call]:
    """The same calls again, later: other people are lucky, and the log is longer."""
    ordered = sorted(calls, key=lambda call: call.at_s)
    span_s = ordered[-1].at_s - ordered[0].at_s
    every_s = (span_s // _WEEK_S + _BETWEEN_WEEKS) * _WEEK_S
    return [
        replace(call, number=n * len(ordered) + k, at_s=call.at_s + n * every_s)
        for n in range(times)
        for k, call in enumerate(ordered)
    ]


def _ground(streets: str, places: Sequence[Position], seed: int) -> Ground:
    if streets == "straight":
        return OpenGround()
    if streets == "invented":
        network = invent_streets(places, seed)
        say(f"invented {network.graphs['walk'].streets} streets")
        return Streets(network, name="invented streets")
    path = Path(streets)
    if not path.is_file():
        raise CommandFailed(f"--streets is straight, invented or a file; there is no file {streets}.")
    return Streets(build(read_roads(path, clipped=True)), name=f"streets of {path.name}")
