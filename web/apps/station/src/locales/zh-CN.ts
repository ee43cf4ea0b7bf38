export default { station: { queue: '待审核', none: '没有待审核的警情' } }
