export default { console: { incidents: '警情', none: '当前没有未结警情', map: '警情地图' } }
