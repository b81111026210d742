//go:build browser

package render

import (
	"bytes"
	"cmp"
	"image"
	paint "image/color"
	"image/draw"
	"image/png"
	"os"
	"slices"
	"testing"

	"github.com/chromedp/chromedp"

	"github.com/vps-fleet/fleet/internal/goldenfile"
)

// pictureFile is the picture of a plan's page that the docs show, and mostPicture the
// most bytes that it may take.
const (
	pictureFile = "../../docs/plan.png"
	mostPicture = 100 << 10
)

// The docs show the page of a plan as it is: -update takes the picture anew. Fonts differ
// from host to host, so that what is compared is its size.
func TestBrowserPicture(t *testing.T) {
	b := open(t, Run{Plan: mixedCase(t), Command: "fleet apply --file w/mixed.yaml", Outlook: documented})
	b.do(chromedp.EmulateViewport(1100, 930))
	taken, err := png.Decode(bytes.NewReader(get(b, chromedp.CaptureScreenshot())))
	if err != nil {
		t.Fatal(err)
	}
	if goldenfile.Update() {
		var small bytes.Buffer
		if err := (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(&small, fewColors(taken, 64)); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(pictureFile, small.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	shown, err := os.ReadFile(pictureFile)
	if err != nil {
		t.Fatal(err)
	}
	size, err := png.DecodeConfig(bytes.NewReader(shown))
	if err != nil {
		t.Fatal(err)
	}
	if got := image.Rect(0, 0, size.Width, size.Height); got != taken.Bounds() || len(shown) > mostPicture {
		t.Errorf("the picture is %v of %d bytes, want %v of %d at most", got, len(shown), taken.Bounds(), mostPicture)
	}
}

// fewColors is a picture with those colours alone that it has most of.
func fewColors(full image.Image, most int) *image.Paletted {
	count := make(map[paint.RGBA]int)
	for y := full.Bounds().Min.Y; y < full.Bounds().Max.Y; y++ {
		for x := full.Bounds().Min.X; x < full.Bounds().Max.X; x++ {
			count[paint.RGBAModel.Convert(full.At(x, y)).(paint.RGBA)]++
		}
	}
	var frequent []paint.RGBA
	for c := range count {
		frequent = append(frequent, c)
	}
	slices.SortFunc(frequent, func(a, b paint.RGBA) int {
		return cmp.Or(count[b]-count[a], cmp.Compare(a.R, b.R), cmp.Compare(a.G, b.G), cmp.Compare(a.B, b.B))
	})
	var palette paint.Palette
	for _, c := range frequent[:min(most, len(frequent))] {
		palette = append(palette, c)
	}
	small := image.NewPaletted(full.Bounds(), palette)
	draw.Draw(small, small.Bounds(), full, full.Bounds().Min, draw.Src)
	return small
}
