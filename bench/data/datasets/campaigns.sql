SELECT code('k', i) AS id, 'Campaign ' || i AS name, channel_of(i, 'ch') AS channel, source_of(i, 's') AS source,
       on_day(i * 27) AS started_on, on_day(i * 27 + 40) AS ended_on, (1000 + n(i, 'budget', 9000))::DECIMAL(18, 4) AS budget,
       'USD' AS currency, i * 27 AS rate_day, at_day(i * 27, i, 'c') AS created_at
FROM range(days() // 27 + 1) t(i)
