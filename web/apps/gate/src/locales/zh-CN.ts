export default {
  gate: {
    pages: '各端入口',
    choose: '{name}，请选择要进入的页面',
    for: { console: '综合指挥室值班员、所长', guard: '保安员、平安屋、民警', station: '所长、分局、联盟单位' },
  },
}
