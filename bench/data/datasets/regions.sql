SELECT code('g', i) AS id, 'Region ' || i AS name, one_of(i, 'country', ['VN', 'IR', 'TW', 'US']) AS country,
       at_day(-900, i, 'c') AS created_at
FROM range(getvariable('regions')) t(i)
