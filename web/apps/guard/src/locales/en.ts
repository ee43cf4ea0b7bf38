export default { guard: { orders: 'My orders', none: 'No order now' } }
