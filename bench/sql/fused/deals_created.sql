-- Deals by the day they were created.
SELECT period, rep, team, region, source,
       count(*) AS "pipeline.opportunities",
       count(*) FILTER (WHERE origin = 'rep') AS "pipeline.self_sourced_opportunities",
       count(*) FILTER (WHERE status = 'won')::DOUBLE PRECISION / count(*) AS "conversion.conversion_rate"
FROM (SELECT d.period, o.status, o.origin, coalesce(o.rep_id, 'unassigned') AS rep,
             coalesce(o.team_id, r.team_id, 'unassigned') AS team,
             coalesce(o.region_id, a.region_id, r.region_id, 'unassigned') AS region, coalesce(o.source, 'unassigned') AS source
      FROM opportunities o JOIN days d ON d.day = o.created_on
      LEFT JOIN reps r ON r.id = o.rep_id LEFT JOIN accounts a ON a.id = o.account_id
      WHERE o.deleted_at IS NULL AND d.asked) deals
GROUP BY GROUPING SETS ((period), (period, rep), (period, team), (period, region), (period, source))
