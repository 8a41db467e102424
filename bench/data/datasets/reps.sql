SELECT code('r', r) AS id, 'Rep ' || r AS name, 'seller' AS role,
       CASE WHEN team_of(r) % 2 = 0 THEN 'field' ELSE 'inside' END AS department,
       CASE WHEN r >= getvariable('teams') THEN code('r', team_of(r)) END AS manager_id,
       code('t', team_of(r)) AS team_id, code('g', n(r, 'rep region', getvariable('regions'))) AS region_id,
       on_day(hired(r)) AS hired_on, leaves AS left_on, leaves IS NULL AS is_active,
       40 AS weekly_hours, 'UTC' AS timezone, at_day(hired(r), r, 'c') AS created_at
FROM (SELECT r, CASE WHEN u(r, 'leaves') < 0.12 THEN on_day(greatest(hired(r), 0) + 200 + n(r, 'left', 700)) END AS leaves
      FROM range(getvariable('reps')) t(r))
