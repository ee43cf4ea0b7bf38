export default {
  gate: {
    pages: 'Pages',
    choose: '{name}, choose a page',
    for: { console: 'Dispatchers and leaders', guard: 'Guards, safe-houses, officers', station: 'Leaders, district, companies' },
  },
}
