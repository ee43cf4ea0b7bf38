export default { station: { queue: 'To review', none: 'Nothing to review' } }
