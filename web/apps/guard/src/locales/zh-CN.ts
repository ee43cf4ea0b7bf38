export default { guard: { orders: '我的指令', none: '目前没有指令' } }
