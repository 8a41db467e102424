SELECT code('t', i) AS id, 'Team ' || i AS name, code('r', i) AS manager_id,
       CASE WHEN i % 2 = 0 THEN 'field' ELSE 'inside' END AS department, at_day(-900, i, 'c') AS created_at
FROM range(getvariable('teams')) t(i)
