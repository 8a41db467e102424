SELECT code('day', d) AS id, on_day(d) AS "on", dayofweek(on_day(d)) BETWEEN 1 AND 5 AS is_workday, at_day(-30, d, 'c') AS created_at
FROM range(days()) t(d)
