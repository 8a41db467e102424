SELECT code('f', m * 2 + (currency = 'VND')::INTEGER) AS id, currency, on_day(m * 30) AS "on", rate_of(currency, m * 30) AS rate,
       at_day(m * 30, m, 'c') AS created_at
FROM range(37) t(m), (SELECT unnest(['EUR', 'VND']) AS currency)
ORDER BY id
