SELECT code('x', i) AS id, CASE WHEN u(i, 'kind') < 0.6 THEN 'csat' WHEN u(i, 'kind') < 0.95 THEN 'nps' ELSE 'ces' END AS kind,
       maybe(i, 'has score', 0.98, CASE WHEN kind = 'csat' THEN 1 + n(i, 'csat', 5) ELSE n(i, 'nps', 11) END) AS score,
       CASE WHEN kind = 'nps' THEN 0 ELSE 1 END AS scale_min, CASE WHEN kind = 'nps' THEN 10 ELSE 5 END AS scale_max,
       at_day(day, i, 'x') AS answered_at, code('c', account_of(i, 'account', day)) AS account_id,
       maybe(i, 'has rep', 0.8, code('r', rep_of(i, 'rep', day))) AS rep_id,
       maybe(i, 'has group', 0.7, group_of(n(i, 'group', getvariable('products')))) AS product_group, at_day(day, i, 'x') AS created_at
FROM (SELECT i, i * days() // getvariable('surveys') AS day FROM range(getvariable('surveys')) t(i))
