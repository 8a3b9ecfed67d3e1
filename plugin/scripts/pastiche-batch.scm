; SPDX-License-Identifier: GPL-3.0-or-later
;
; Repaints many pictures in the style of one, without a window:
;
;   gimp-console-3.0 -idf --quit --batch-interpreter=plug-in-script-fu-eval \
;     -b '(pastiche-batch "photos/*.jpg" "style.png" "painted" #:strength 0.6 #:size 1600)'
;
; (pastiche-batch PATTERN STYLE FOLDER [#:OPTION VALUE]...)
;
; PATTERN   the pictures: a path with * and ? in its last part; relative paths start where GIMP was started
; STYLE     the style picture, in any format that GIMP opens
; FOLDER    where the results go, each under the name and in the format of its picture; made when it is missing
; #:OPTION  an argument of plug-in-pastiche (#:strength #:style-scale #:size #:steps #:color #:model #:seed #:optimizer
;           #:content-weight #:style-weight #:tv-weight #:device #:precision); what is left out has its default
;
; A picture of several layers becomes one of what is visible. Nothing is ever overwritten: a picture whose result exists
; already counts as failed. A picture that fails is reported with the reason, and the others go on; if any failed, so does
; the batch at its end, and GIMP's exit status is 70.

(define (pastiche-batch pattern style folder . options)
  (let ((pictures (pastiche-batch-sort (car (file-glob #:pattern pattern)))))
    (if (null? pictures)
        (error (string-append "pastiche-batch: no file matches " pattern ".")))
    (if (not (file-exists? style))
        (error (string-append "pastiche-batch: the style picture " style " does not exist.")))
    (if (not (or (file-exists? folder) (dir-make folder)))
        (error (string-append "pastiche-batch: the folder " folder " cannot be made.")))
    (let loop ((pictures pictures) (done 0) (failed 0))
      (if (pair? pictures)
          (let* ((result (string-append folder DIR-SEPARATOR (pastiche-batch-file-name (car pictures))))
                 (failure (if (file-exists? result)
                              "a file of this name exists already, and nothing is overwritten"
                              (pastiche-batch-paint (car pictures) style result options))))
            (pastiche-batch-say (car pictures) (if failure ": failed: " " -> ") (or failure result))
            (loop (cdr pictures) (if failure done (+ done 1)) (if failure (+ failed 1) failed)))
          (let ((summary (string-append (number->string done) " painted, " (number->string failed) " failed")))
            (pastiche-batch-say "pastiche-batch: " summary)
            (if (> failed 0)
                (error (string-append "pastiche-batch: " summary "."))))))))

; #f, or the reason why there is no result.
(define (pastiche-batch-paint picture style result options)
  (let* ((image #f)
         (failure (pastiche-batch-catch (lambda ()
           (set! image (car (gimp-file-load RUN-NONINTERACTIVE picture)))
           (gimp-image-policy-rotate image FALSE) ; a non-interactive load leaves it as the camera was held
           (if (= (car (gimp-image-get-base-type image)) INDEXED)
               (gimp-image-convert-rgb image))
           (apply plug-in-pastiche
             (append (list #:run-mode RUN-NONINTERACTIVE #:image image
                           #:drawables (vector (pastiche-batch-visible-layer image))
                           #:style-source "file" #:style-file style)
                     options))
           (gimp-file-save RUN-NONINTERACTIVE image result)))))
    (if image (gimp-image-delete image))
    ; What a failed save left is no result. The file was not there before.
    (if (and failure (file-exists? result)) (file-delete result))
    failure))

(define (pastiche-batch-visible-layer image)
  (let ((layers (car (gimp-image-get-layers image))))
    (if (and (= (vector-length layers) 1) (= (car (gimp-item-is-group (vector-ref layers 0))) FALSE))
        (vector-ref layers 0)
        (car (gimp-image-merge-visible-layers image CLIP-TO-IMAGE)))))

; Does the work; returns #f, or the message of the error that ended it. (Script-Fu's own catch forgets the message.)
(define (pastiche-batch-catch work)
  (let* ((outer *error-hook*)
         (failure (call/cc (lambda (leave)
           (set! *error-hook* (lambda message (leave (pastiche-batch-join message))))
           (work)
           #f))))
    (set! *error-hook* outer)
    failure))

(define (pastiche-batch-join atoms)
  (apply string-append (map (lambda (atom) (if (string? atom) atom (atom->string atom))) atoms)))

(define (pastiche-batch-say . strings)
  (display (apply string-append strings))
  (newline))

(define (pastiche-batch-file-name path)
  (car (last-pair (strbreakup path DIR-SEPARATOR))))

; Sorts strings, quickly for any number of them.
(define (pastiche-batch-sort names)
  (if (null? names)
      '()
      (let split ((rest (cdr names)) (before '()) (after '()))
        (cond ((null? rest)
               (append (pastiche-batch-sort before) (list (car names)) (pastiche-batch-sort after)))
              ((string<? (car rest) (car names))
               (split (cdr rest) (cons (car rest) before) after))
              (else
               (split (cdr rest) before (cons (car rest) after)))))))
