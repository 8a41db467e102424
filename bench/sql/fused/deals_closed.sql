-- Deals by the day they were closed.
SELECT period, rep, team, region, source,
       sum(amount_base) FILTER (WHERE status = 'won') AS "revenue.bookings",
       count(*) FILTER (WHERE status = 'won')::DOUBLE PRECISION / nullif(count(*) FILTER (WHERE status IN ('won', 'lost')), 0)
           AS "conversion.close_ratio",
       sum(amount_base) FILTER (WHERE status = 'won')::DOUBLE PRECISION / nullif(count(amount_base) FILTER (WHERE status = 'won'), 0)
           AS "deals.average_deal_size",
       sum(cycle) FILTER (WHERE status = 'won' AND cycle >= 0)::DOUBLE PRECISION
           / nullif(count(*) FILTER (WHERE status = 'won' AND cycle >= 0), 0) AS "conversion.cycle_length",
       percentile_cont(0.5) WITHIN GROUP (ORDER BY cycle) FILTER (WHERE status = 'won' AND cycle >= 0)
           AS "conversion.cycle_length/median",
       count(*) FILTER (WHERE status = 'won' AND cycle >= 0) AS "conversion.cycle_length/deals",
       sum(amount_base) FILTER (WHERE status = 'won' AND cycle >= 0) AS "conversion.cycle_length/value_won",
       sum(term) FILTER (WHERE status = 'won' AND term >= 0)::DOUBLE PRECISION
           / nullif(count(*) FILTER (WHERE status = 'won' AND term >= 0), 0) AS "deals.average_deal_length",
       count(*) FILTER (WHERE status = 'won' AND competitor <> '')::DOUBLE PRECISION
           / nullif(count(*) FILTER (WHERE status IN ('won', 'lost') AND competitor <> ''), 0) AS "market.competitor_win_rate"
FROM (SELECT d.period, o.status, o.amount_base, o.competitor, o.closed_on - o.created_on AS cycle,
             o.contract_end_on - o.contract_start_on AS term, coalesce(o.rep_id, 'unassigned') AS rep,
             coalesce(o.team_id, r.team_id, 'unassigned') AS team,
             coalesce(o.region_id, a.region_id, r.region_id, 'unassigned') AS region, coalesce(o.source, 'unassigned') AS source
      FROM opportunities o JOIN days d ON d.day = o.closed_on
      LEFT JOIN reps r ON r.id = o.rep_id LEFT JOIN accounts a ON a.id = o.account_id
      WHERE o.deleted_at IS NULL AND d.asked) deals
GROUP BY GROUPING SETS ((period), (period, rep), (period, team), (period, region), (period, source))
