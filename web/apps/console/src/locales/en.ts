export default { console: { incidents: 'Incidents', none: 'No open incident', map: 'Map of incidents' } }
