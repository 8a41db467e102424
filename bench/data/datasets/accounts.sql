SELECT code('c', a) AS id, 'Company ' || a AS name, code('r', rep_of(a, 'account rep', days())) AS rep_id,
       one_of(a, 'industry', ['retail', 'food', 'steel', 'health', 'banking']) AS industry,
       one_of(a, 'segment', ['small', 'medium', 'large', NULL]) AS segment, 5 + n(a, 'employees', 2000) AS employees,
       one_of(a, 'country', ['VN', 'IR', 'TW', 'US']) AS country,
       maybe(a, 'has region', 0.98, code('g', n(a, 'account region', getvariable('regions')))) AS region_id,
       source_of(a, 'account source') AS source, channel_of(a, 'account channel') AS channel,
       one_of(a, 'status', ['prospect', 'customer', 'customer', 'former']) AS status,
       currency_of(a, 'ac') AS currency, 0 AS rate_day,
       gone(a, 'gone', 900) AS deleted_at, at_day(a * days() // getvariable('accounts'), a, 'c') AS created_at
FROM range(getvariable('accounts')) t(a)
