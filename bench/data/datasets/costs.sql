-- Sixty a month; some on a day, some over the month, some over a quarter.
SELECT code('u', i) AS id, one_of(i, 'kind', ['advertising', 'salary', 'commission', 'event', 'tool', 'enablement', 'training']) AS kind,
       one_of(i, 'purpose', ['acquisition', 'acquisition', 'retention', 'enablement', 'other']) AS purpose,
       one_of(i, 'function', ['marketing', 'marketing', 'sales', 'sales', 'success']) AS "function",
       (200 + n(i, 'amount', 9000))::DECIMAL(18, 4) AS amount, maybe(i, 'on day', 0.4, on_day(day)) AS spent_on,
       CASE WHEN u(i, 'on day') >= 0.4 THEN on_day(day) END AS period_start,
       CASE WHEN u(i, 'on day') >= 0.4 THEN on_day(day + CASE WHEN u(i, 'quarter') < 0.3 THEN 90 ELSE 29 END) END AS period_end,
       source_of(i, 's') AS source, channel_of(i, 'ch') AS channel, maybe(i, 'campaign', 0.3, code('k', day // 27)) AS campaign_id,
       maybe(i, 'region', 0.5, code('g', n(i, 'r', getvariable('regions')))) AS region_id,
       maybe(i, 'team', 0.5, code('t', n(i, 't', getvariable('teams')))) AS team_id, 'USD' AS currency, day AS rate_day,
       at_day(day, i, 'c') AS created_at
FROM (SELECT i, i // 60 * 30 + n(i, 'day', 28) AS day FROM range(36 * 60) t(i))
