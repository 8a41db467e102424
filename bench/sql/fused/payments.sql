-- Payments by their day, with the rep and region of the order behind the invoice.
SELECT period, rep, region, sum(amount_base) AS "cash.collected"
FROM (SELECT d.period, y.amount_base, coalesce(o.rep_id, 'unassigned') AS rep,
             coalesce(o.region_id, a.region_id, r.region_id, 'unassigned') AS region
      FROM payments y JOIN days d ON d.day = y.paid_on
      LEFT JOIN invoices i ON i.id = y.invoice_id AND i.deleted_at IS NULL
      LEFT JOIN orders o ON o.id = i.order_id AND o.deleted_at IS NULL
      LEFT JOIN reps r ON r.id = o.rep_id LEFT JOIN accounts a ON a.id = coalesce(y.account_id, i.account_id, o.account_id)
      WHERE y.deleted_at IS NULL AND d.asked) payments
GROUP BY GROUPING SETS ((period), (period, rep), (period, region))
