-- Outcomes by channel.
SELECT channel, count() AS received, countIf(state = 'scored') AS scored, countIf(state = 'excluded') AS excluded,
       countIf(state = 'dead_lettered') AS dead_lettered, countIf(state = 'in_flight') AS in_flight
FROM qa_bi.v_coverage
WHERE {day:String} = '' OR toString(business_date) = {day:String}
GROUP BY channel
ORDER BY indexOf(['VOICE', 'WEB', 'SELF_SERVICE', 'UNKNOWN'], channel)
