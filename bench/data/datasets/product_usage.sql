SELECT code('z', i) AS id, code('c', sub_account(s)) AS account_id, code('p', sub_product(s)) AS product_id,
       on_day(i * days() // getvariable('usage')) AS used_on, 1 + n(i, 'users', 30) AS active_users, n(i, 'events', 900) AS events,
       at_day(i * days() // getvariable('usage'), i, 'c') AS created_at
FROM (SELECT i, n(i, 's', getvariable('subscriptions')) AS s FROM range(getvariable('usage')) t(i))
