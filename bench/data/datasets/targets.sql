SELECT code('j', m) AS id, 'revenue.revenue' AS metric, 'company' AS scope, DATE '2023-10-01' + to_months(m::INTEGER) AS period_start,
       DATE '2023-10-01' + to_months(m::INTEGER + 1) AS period_end, (1000 * getvariable('orders') / 36)::DECIMAL(18, 4) AS "value",
       'USD' AS currency, 0 AS rate_day, at_day(-30, m, 'c') AS created_at
FROM range(36) t(m)
