-- Each month: the whole market, each region, each product group.
SELECT code('ms', m * 100 + k) AS id, CASE WHEN k BETWEEN 1 AND getvariable('regions') THEN code('g', k - 1) END AS region_id,
       CASE WHEN k > getvariable('regions') THEN group_of(k - 1 - getvariable('regions')) END AS product_group,
       DATE '2023-10-01' + to_months(m::INTEGER) AS period_start, (DATE '2023-10-01' + to_months(m::INTEGER + 1))::DATE - 1 AS period_end,
       (getvariable('orders') * 200 + n(m * 100 + k, 'v', 9999))::DECIMAL(18, 4) AS "value", 'USD' AS currency, 0 AS rate_day,
       at_day(-30, m, 'c') AS created_at
FROM range(36) t(m), range(1 + getvariable('regions') + getvariable('groups')) s(k)
ORDER BY id
