"""How fast one gets along a way of each class, and what a crossing costs: plain tables, each figure with its source.

Classes are OpenStreetMap's values of ``highway``. A class that a table does not name is closed to those means.
"""

from __future__ import annotations

#: km/h between crossings, without blue light. Source: the lowest design speed that the Chinese standards allow for
#: the class: expressways 80 (JTG B01-2014), urban expressways (快速路) 60, main roads (主干路) 40, secondary roads
#: (次干路) 30, branch roads (支路) 20 (CJJ 37-2012). Tertiary roads lie between the last two; ramps at half of the
#: road that they leave, at least 20; yards, lanes and tracks at 10, twice a walker's hurry.
CAR_KMH = {
    "motorway": 80.0,
    "motorway_link": 40.0,
    "trunk": 60.0,
    "trunk_link": 30.0,
    "primary": 40.0,
    "primary_link": 20.0,
    "secondary": 30.0,
    "secondary_link": 20.0,
    "tertiary": 25.0,
    "tertiary_link": 20.0,
    "unclassified": 20.0,
    "residential": 20.0,
    "road": 20.0,
    "living_street": 10.0,
    "service": 10.0,
    "track": 10.0,
}
#: behind a gate that somebody has to open, and among people who expect no car
PRIVATE_FACTOR = 0.5

#: m/s. 1.4 is the usual free walking speed of adults (Bohannon 1997: 1.3 to 1.5). Steps: about half of it over the
#: ground (Fruin 1971: 0.5 to 0.6 upwards, 0.6 to 0.8 downwards, measured along the slope).
WALK_MPS, STEPS_MPS = 1.4, 0.6
#: 15 km/h: an electric bicycle's lawful 25 km/h among pedestrians; steps are walked, pushing
BICYCLE_MPS, PUSHED_MPS = 15 / 3.6, 0.5
#: from the door to the street and back: on foot, or rolling through a yard at 10 km/h
YARD_MPS = {"foot": WALK_MPS, "bicycle": 10 / 3.6, "car": 10 / 3.6}

WALKED = frozenset(CAR_KMH) - {"motorway", "motorway_link", "trunk", "trunk_link"} | {
    "pedestrian",
    "footway",
    "path",
    "steps",
    "cycleway",
    "bridleway",
    "crossing",
}
#: national roads with a pavement outside towns, elevated roads without one inside: only where the map says so
WALKED_IF_SAID = frozenset({"trunk", "trunk_link"})

#: Seconds that a node costs whoever passes it.
#: Lights: half of a cycle of 90 s is red; who comes at any moment waits 45² / (2 · 90) = 11 s on average. A walker
#: who goes round the corner does not cross, so half of that. A crossing of three or more streets without lights: 2 s
#: for slowing down and looking (from 30 to 15 km/h and back at 2 m/s²). A gate: 10 s until it is open.
SIGNAL_S = {"foot": 5.5, "bicycle": 11.0, "car": 11.0}
JUNCTION_S = {"foot": 0.0, "bicycle": 1.0, "car": 2.0}
GATE_S = {"foot": 0.0, "bicycle": 3.0, "car": 10.0}

#: barriers that no car passes; others (gates, kerbs, toll booths) it does
BLOCKS_CARS = frozenset(
    (
        "block",
        "bollard",
        "bus_trap",
        "chain",
        "cycle_barrier",
        "debris",
        "full-height_turnstile",
        "jersey_barrier",
        "kissing_gate",
        "log",
        "motorcycle_barrier",
        "planter",
        "rope",
        "stile",
        "step",
        "sump_buster",
        "turnstile",
        "wicket_gate",
    )
)
GATES = frozenset(["gate", "lift_gate", "sliding_gate", "swing_gate", "hampshire_gate"])
