-- A third of the reps came from another team in the middle of the time.
SELECT code('a', r * 2 + part) AS id, code('r', r) AS rep_id,
       code('t', CASE WHEN part = 0 AND moved THEN (team_of(r) + 1) % getvariable('teams') ELSE team_of(r) END) AS team_id,
       code('g', n(r, 'rep region', getvariable('regions'))) AS region_id,
       CASE WHEN part = 1 THEN on_day(500 + r % 300) ELSE on_day(hired(r)) END AS valid_from,
       CASE WHEN part = 0 AND moved THEN on_day(500 + r % 300) END AS valid_to,
       at_day(greatest(hired(r), 0), r, 'c') AS created_at
FROM (SELECT r, unnest(range(CASE WHEN r % 3 = 0 AND r < veterans() THEN 2 ELSE 1 END)) AS part,
             r % 3 = 0 AND r < veterans() AS moved
      FROM range(getvariable('reps')) t(r))
