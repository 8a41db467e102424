SELECT code('e', i) AS id, code('r', settled_rep(i % getvariable('reps'), day)) AS rep_id,
       one_of(i, 'skill', ['calling', 'closing', 'product', 'negotiation']) AS skill, 'Course ' || i % 20 AS course,
       one_of(i, 'kind', ['new', 'strengthened']) AS kind, one_of(i, 'status', ['passed', 'passed', 'passed', 'failed', 'started']) AS status,
       at_day(day - 10, i, 'a') AS assigned_at, at_day(day, i, 'd') AS completed_at, 2 + n(i, 'h', 8) AS hours,
       (50 + n(i, 'cost', 400))::DECIMAL(18, 4) AS cost, 'USD' AS currency, day AS rate_day, at_day(day - 10, i, 'a') AS created_at
FROM (SELECT i, i * days() // getvariable('trainings') AS day FROM range(getvariable('trainings')) t(i))
