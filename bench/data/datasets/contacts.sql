SELECT code('n', i) AS id, code('c', i * getvariable('accounts') // getvariable('contacts')) AS account_id,
       'Person ' || i AS name, one_of(i, 'title', ['buyer', 'head of sales', 'engineer', 'director']) AS title,
       one_of(i, 'language', ['vi', 'fa', 'zh-Hant', 'en']) AS language, u(i, 'decides') < 0.3 AS is_decision_maker,
       at_day(i * days() // getvariable('contacts'), i, 'c') AS created_at
FROM range(getvariable('contacts')) t(i)
