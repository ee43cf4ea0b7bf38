/** A camera's twelve megapixels as what is worth sending over a bad connection. */

const LONGEST_PX = 1_600
const QUALITY = 0.8

/** Width and height within the longest side, never larger than it was. */
export function fit(width: number, height: number, longest = LONGEST_PX): { width: number; height: number } {
  const scale = Math.min(1, longest / Math.max(width, height))
  return { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) }
}

/** A JPEG drawn anew: nothing but the pixels goes, and they stand upright. Throws when it is no picture. */
export async function shrink(file: Blob): Promise<Blob> {
  const url = URL.createObjectURL(file)
  try {
    const image = new Image()
    image.src = url
    await image.decode()
    const { width, height } = fit(image.naturalWidth, image.naturalHeight)
    const canvas = document.createElement('canvas')
    canvas.width = width
    canvas.height = height
    canvas.getContext('2d')!.drawImage(image, 0, 0, width, height)
    const small = await new Promise<Blob | null>((done) => canvas.toBlob(done, 'image/jpeg', QUALITY))
    if (!small) throw new Error('the picture cannot be drawn')
    return small
  } finally {
    URL.revokeObjectURL(url)
  }
}
