-- What must never be: each row is a violation. Empty on every healthy database, at any moment.

-- I-2: a responder holds at most one open order, and is engaged exactly while he holds one
SELECT 'I-2' AS invariant, responder_id AS subject_id, count(*) || ' open orders' AS what
FROM orders
WHERE state IN ('offered', 'received', 'shown', 'accepted', 'en_route', 'arrived')
GROUP BY responder_id
HAVING count(*) > 1
UNION ALL
SELECT 'I-2', i.responder_id, 'engaged without an order, or the reverse'
FROM responder_index i
WHERE i.engaged <> EXISTS (
    SELECT FROM orders o WHERE o.responder_id = i.responder_id
    AND o.state IN ('offered', 'received', 'shown', 'accepted', 'en_route', 'arrived'))

-- I-3: no more are accepted than needed, and the need counts what its orders say
UNION ALL
SELECT 'I-3', n.id, 'needed ' || n.needed || ', counted ' || n.accepted || ', holding ' || c.held
FROM needs n
CROSS JOIN LATERAL (
    SELECT count(*) AS held FROM orders o
    WHERE o.need_id = n.id AND o.state IN ('accepted', 'en_route', 'arrived', 'completed', 'rated')) AS c
WHERE n.accepted <> c.held OR c.held > n.needed
   OR (n.state = 'filled') <> (n.accepted = n.needed) AND n.state <> 'closed'

-- I-5: an order passed the milestone of its state and only one end; whoever goes has accepted
UNION ALL
SELECT 'I-5', o.id, 'state ' || o.state || ' without its milestone'
FROM orders o
WHERE NOT EXISTS (SELECT FROM order_milestones m WHERE m.order_id = o.id AND m.name = o.state)
UNION ALL
SELECT 'I-5', m.order_id, 'more than one end'
FROM order_milestones m
WHERE m.name IN ('completed', 'declined', 'expired', 'stood_down', 'cancelled', 'failed')
GROUP BY m.order_id
HAVING count(*) > 1
UNION ALL
SELECT 'I-5', m.order_id, m.name || ' without acceptance'
FROM order_milestones m
WHERE m.name IN ('en_route', 'arrived', 'completed', 'rated', 'failed')
AND NOT EXISTS (SELECT FROM order_milestones a WHERE a.order_id = m.order_id AND a.name = 'accepted')
UNION ALL
SELECT 'I-5', o.id, 'open order of an ended incident'
FROM orders o JOIN incidents i ON i.id = o.incident_id
WHERE i.state IN ('cancelled', 'merged', 'unstaffed')
AND o.state IN ('offered', 'received', 'shown', 'accepted', 'en_route', 'arrived')

-- I-14: a last position is not from the future
UNION ALL
SELECT 'I-14', responder_id, 'last position from the future'
FROM responder_index
WHERE captured_at > received_at + interval '30 s'

-- I-17: nobody of another station works without an aid; who has not answered does not outlive his aid
UNION ALL
SELECT 'I-17', o.id, 'an order of another station''s responder without an aid'
FROM orders o JOIN responders r ON r.id = o.responder_id
WHERE o.aid_id IS NULL AND r.station_id <> o.station_id
AND o.state IN ('offered', 'received', 'shown', 'accepted', 'en_route', 'arrived')
UNION ALL
SELECT 'I-17', o.id, 'asked by an aid that is ' || a.state
FROM orders o JOIN aids a ON a.id = o.aid_id
WHERE a.state <> 'active' AND o.state IN ('offered', 'received', 'shown')

-- I-18: an aid opens one incident of the station that asked, and ends with it
UNION ALL
SELECT 'I-18', a.id, 'open longer than 15 min after its incident'
FROM aids a JOIN incidents i ON i.id = a.incident_id
WHERE a.state = 'active' AND i.ended_at IS NOT NULL AND a.ends_at > greatest(i.ended_at + interval '15 min', a.starts_at)
UNION ALL
SELECT 'I-18', a.id, 'a request for an incident that has ended'
FROM aids a JOIN incidents i ON i.id = a.incident_id
WHERE a.state = 'requested' AND i.ended_at IS NOT NULL

-- I-19: nobody is located off duty
UNION ALL
SELECT 'I-19', responder_id, 'position of somebody off duty'
FROM responder_index
WHERE NOT on_duty AND NOT fixed AND position IS NOT NULL
UNION ALL
SELECT DISTINCT 'I-19', t.responder_id, 'track outside every duty'
FROM tracks t
WHERE NOT EXISTS (
    SELECT FROM duties d WHERE d.responder_id = t.responder_id
    AND t.captured_at >= d.started_at AND t.captured_at <= coalesce(d.ended_at, 'infinity'))

-- I-24: every change of an order's state stands in the record exactly once
UNION ALL
SELECT 'I-24', m.order_id, m.name || ' recorded ' || c.entries || ' times'
FROM order_milestones m
CROSS JOIN LATERAL (
    SELECT count(*) AS entries FROM record_entries r
    WHERE r.subject_id = m.order_id AND r.action = 'order.' || m.name) AS c
WHERE m.name <> 'stand_down_received'
AND c.entries <> CASE m.how WHEN 'inferred' THEN 0 ELSE 1 END
ORDER BY invariant, subject_id
