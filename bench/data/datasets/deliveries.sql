SELECT code('d', q) || '-' || l AS id, code('q', q) AS order_id,
       CASE WHEN by_line THEN code('w', q) || '-' || l END AS order_line_id, on_day(day + 10) AS due_on,
       CASE WHEN made < days() THEN at_day(made, q, 'd') END AS delivered_at, 1 AS quantity,
       CASE WHEN u(q, 'called off') < 0.01 THEN 'cancelled' WHEN made < days() THEN 'delivered' ELSE 'planned' END AS status,
       at_day(day, q, 'c') AS created_at
FROM (SELECT *, day + 2 + waits(q * 8 + l, 'made', 8) AS made
      FROM (SELECT q, order_day(q) AS day, by_line, unnest(range(CASE WHEN by_line THEN order_lines(q) ELSE 1 END)) AS l
            FROM (SELECT q, u(q, 'by line') < 0.1 AS by_line FROM range(getvariable('orders')) t(q)
                  WHERE u(q, 'has delivery') < 0.9)))
