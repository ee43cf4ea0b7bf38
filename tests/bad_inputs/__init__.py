"""The catalogue of bad inputs, row by row: what is sent, and the refusal that it must get.

Here:

=============================  ==============================================================================
rows                           module
=============================  ==============================================================================
1-6, 40                        test_coordinates: points that are none, through every door that takes one
16                             test_times: instants without zone, beyond the calendar, of no clock
37-39, 41                      test_json: text that is not the JSON that we read, through every kind of door
42-45, 49                      test_words: characters, names, telephone numbers, words of a search
29, 45, 47, 48, 54             test_addresses: ids, paths, queries, tokens in them
46, 53, 55, 56                 test_protocol: methods, lengths, forwarded addresses, lines for the log
13, 21, 32, 35                 test_positions_and_sockets: fixes of low quality, frames that are none
24, 25                         test_commands: keys that are none, one in flight, odd versions
58                             test_cancel_while_accepting: one wins, the other is told the present state
all together                   test_every_member: each member of each body, replaced by each of the nasty values
=============================  ==============================================================================

Elsewhere, since they belong to one noun:

=============================  ==============================================================================
rows                           tests
=============================  ==============================================================================
7-12                           tests/api/test_areas.py, tests/geo/test_areas.py
14, 15, 17-20                  tests/api/test_positions.py, tests/api/test_ingest.py, tests/geo/test_positions_*.py
22                             tests/api/test_orders.py (gone, taken, somebody else's, none)
23-25                          tests/api/test_unit_of_work.py
26                             tests/api/test_matrix_*.py, tests/api/test_accounts_matrix.py
27, 28                         tests/api/test_auth_login.py, tests/api/test_auth_refresh.py
29 (sockets), 30-34            tests/live/test_gate.py, tests/live/test_stalled.py
50-53                          tests/api/test_reports.py, tests/reports/test_pictures.py
57                             tests/api/test_closure.py
=============================  ==============================================================================

Not here: slow headers and slow bodies (36, part of 53) are ended by the proxy in front.
"""
