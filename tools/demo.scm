; SPDX-License-Identifier: GPL-3.0-or-later
; What tools/demo lets GIMP do. The names come through the environment, so that they need no quoting.
(define (demo)
  (script-fu-use-v3)
  (let ((image (demo-open (getenv "PASTICHE_DEMO_CONTENT")))
        (size (string->number (getenv "PASTICHE_DEMO_SIZE"))))
    (demo-scale image size)
    (demo-save image) ; so that a name which cannot be written costs no painting
    (plug-in-pastiche #:run-mode RUN-NONINTERACTIVE #:image image
                      #:drawables (gimp-image-get-selected-drawables image)
                      #:style-source "file" #:style-file (getenv "PASTICHE_DEMO_STYLE") #:size size)
    (demo-save image)
    (display (string-append "saved " (number->string (gimp-image-get-width image))
                            " " (number->string (gimp-image-get-height image))))
    (newline)
    (gimp-image-delete image)))

; The picture as one layer that can be painted.
(define (demo-open name)
  (let ((image (catch #f (gimp-file-load RUN-NONINTERACTIVE name))))
    (if (not image)
        (error (string-append "GIMP cannot open the picture " name ".")))
    (gimp-image-policy-rotate image FALSE) ; as the camera was held
    (if (= (gimp-image-get-base-type image) INDEXED)
        (gimp-image-convert-rgb image))
    (if (> (vector-length (gimp-image-get-layers image)) 1)
        (gimp-image-merge-visible-layers image CLIP-TO-IMAGE))
    image))

; Makes the longest side `size` pixels.
(define (demo-scale image size)
  (let* ((width (gimp-image-get-width image))
         (height (gimp-image-get-height image))
         (factor (/ size (max width height))))
    (gimp-image-scale image (max 1 (round (* factor width))) (max 1 (round (* factor height))))))

(define (demo-save image)
  (if (not (catch #f (begin (gimp-file-save RUN-NONINTERACTIVE image (getenv "PASTICHE_DEMO_OUTPUT")) #t)))
      (error "GIMP cannot write the result; its name must end in a way that GIMP knows, such as .png.")))
