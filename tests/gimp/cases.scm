; SPDX-License-Identifier: GPL-3.0-or-later
; What the Script-Fu programs of the tests have in common.

; Does the work and prints "case <tab> NAME <tab> done", or the error's message in place of done.
(define (test-case name work)
  (let* ((outer *error-hook*)
         (outcome (call/cc (lambda (leave)
                    (set! *error-hook* (lambda message
                      (leave (apply string-append (map (lambda (m) (if (string? m) m (atom->string m))) message)))))
                    (work)
                    "done"))))
    (set! *error-hook* outer)
    (display (string-append "case\t" name "\t" outcome "\n"))))

; Prints "told" and the things behind tabs as a line. In one piece: other processes write into the same output.
(define (tell . things)
  (let ((line (open-output-string)))
    (display "told" line)
    (for-each (lambda (thing) (display "\t" line) (display thing line)) things)
    (newline line)
    (display (get-output-string line))))

(define (open-picture path) (car (gimp-file-load RUN-NONINTERACTIVE path)))

(define (first-layer image) (vector-ref (car (gimp-image-get-layers image)) 0))

; Another file as the image's new top layer.
(define (add-layer image path)
  (let ((layer (car (gimp-file-load-layer RUN-NONINTERACTIVE image path))))
    (gimp-image-insert-layer image layer 0 0)
    layer))

(define (paint image drawables . arguments)
  (apply plug-in-pastiche
    (append (list #:run-mode RUN-NONINTERACTIVE #:image image #:drawables (list->vector drawables)) arguments)))

; The layer's own pixels, all of them, as a PNG of the image's depth.
(define (save-layer image layer path)
  (let* ((position (car (gimp-image-get-item-position image layer)))
         (copy (car (gimp-image-duplicate image)))
         (layers (car (gimp-image-get-layers copy)))
         (kept (vector-ref layers position)))
    (gimp-selection-none copy)
    (vector-for-each (lambda (other) (if (not (= other kept)) (gimp-image-remove-layer copy other))) layers)
    (gimp-item-set-visible kept TRUE)
    (gimp-image-resize-to-layers copy)
    (file-png-export #:run-mode RUN-NONINTERACTIVE #:image copy #:file path #:save-transparent TRUE)
    (gimp-image-delete copy)))

(define (vector-for-each work items)
  (for-each work (vector->list items)))
